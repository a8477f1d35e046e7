// An HTTP/2 server that answers with the number of bytes it got. usage: http2_server.js CERTIFICATE.pem
// Prints its port, ends when its standard input does.
'use strict';
const fs = require('fs');
const http2 = require('http2');

const pem = fs.readFileSync(process.argv[2]);
const server = http2.createSecureServer({ key: pem, cert: pem });
server.on('request', (request, response) => {
  let size = 0;
  request.on('data', (piece) => { size += piece.length; });
  request.on('end', () => {
    response.setHeader('X-Version', request.httpVersion);
    response.end(String(size));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
