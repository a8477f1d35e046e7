// Requests as they came over the wire, taken apart.
'use strict';
const http = require('node:http');

const kAudio = '(audio)'; // stands for any
const audio = Buffer.from('RIFF....WAVEfmt ');

// RFC 7578
function parts(body, boundary) {
  return body.split(`--${boundary}`).slice(1, -1).map((part) => {
    const blank = part.indexOf('\r\n\r\n');
    const head = part.slice(0, blank);
    const value = part.slice(blank + 4, -2);
    return {
      name: /[; ]name="([^"]*)"/.exec(head)[1],
      filename: /filename="([^"]*)"/.exec(head)?.[1] ?? '',
      type: /content-type: *([^\r\n;]*)/i.exec(head)?.[1] ?? '',
      value: value.startsWith('RIFF') ? kAudio : Buffer.from(value, 'latin1').toString(),
    };
  });
}

function read({ method, url: target, headers }, body) {
  const boundary = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary) return { method, target, headers, form: parts(body.toString('latin1'), boundary) };
  return { method, target, headers, body: body.equals(audio) ? kAudio : body.toString() };
}

// Keeps what it is asked and answers `answer`.
class Server {
  constructor() {
    this.answer = '{}';
    this.asked = [];
    this.server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        this.asked.push(read(request, Buffer.concat(chunks)));
        // One request a connection: to read the next library may take longer than a server keeps an
        // idle one.
        response.writeHead(200, { 'Content-Type': 'application/json', Connection: 'close' });
        response.end(this.answer);
      });
    });
  }
  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// What a text of a form or a query stands for.
const meant = (text) => (text === 'true' || text === 'false' ? text === 'true' : text);

// {name: value}, or {name: [values]} where it came more than once or is called `name[]`.
function gathered(pairs) {
  const out = {};
  for (const [name, text] of pairs) {
    if (text === kAudio) continue;
    const key = name.replace(/\[\]$/, '');
    const value = name === key ? meant(text) : [meant(text)];
    out[key] = key in out ? [out[key], value].flat() : value;
  }
  return out;
}
const fields = (request) => gathered(request.form.map((part) => [part.name, part.value]));
const query = (request) => gathered([...new URL(request.target, 'http://x').searchParams]);
const json = (request, name) =>
  JSON.parse(request.form.find((part) => part.name === name)?.value ?? 'null');
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const in_camel_case = (object) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [camel(name), value]));

module.exports = { Server, audio, kAudio, fields, in_camel_case, json, query };
