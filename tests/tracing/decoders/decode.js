// Prints a request of one of our exporters as JSON, read by other people's code alone.
// usage: NODE_PATH=.../node_modules node decode.js traces|metrics|jaeger FILE
'use strict';
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

function otlp(kind, bytes) {
  const protobuf = require('protobufjs');
  const manifest = require.resolve('@opentelemetry/otlp-grpc-exporter-base/package.json');
  const protos = path.join(path.dirname(manifest), 'build', 'protos');
  const root = new protobuf.Root();
  root.resolvePath = (origin, target) => path.join(protos, target);
  const service = kind === 'traces' ? 'trace' : 'metrics';
  root.loadSync(`opentelemetry/proto/collector/${service}/v1/${service}_service.proto`);
  const name = kind === 'traces' ? 'ExportTraceServiceRequest' : 'ExportMetricsServiceRequest';
  const type = root.lookupType(`opentelemetry.proto.collector.${service}.v1.${name}`);
  const message = type.decode(bytes);
  const wrong = type.verify(message);
  if (wrong) throw new Error(wrong);
  // What the decoder does not know would be lost on the way back.
  if (type.encode(message).finish().length !== bytes.length) throw new Error('unknown fields');
  return type.toObject(message, { longs: String, enums: String, bytes: Array });
}

function jaeger(bytes) {
  const manifest = require.resolve('jaeger-client/package.json');
  const idl = path.join(path.dirname(manifest), 'dist/src/jaeger-idl/thrift/jaeger.thrift');
  const { Thrift } = require('thriftrw');
  const bufrw = require('bufrw');
  const thrift = new Thrift({ source: fs.readFileSync(idl, 'ascii'), allowOptionalArguments: true });
  const read = bufrw.fromBufferResult(thrift.Batch.rw, bytes);
  if (read.err) throw read.err;
  return read.value;
}

const [kind, file] = process.argv.slice(2);
const sent = fs.readFileSync(file);
const bytes = sent[0] === 0x1f && sent[1] === 0x8b ? zlib.gunzipSync(sent) : sent;
const value = kind === 'jaeger' ? jaeger(bytes) : otlp(kind, bytes);
console.log(JSON.stringify(value, (key, one) =>
  one && one.type === 'Buffer' ? Buffer.from(one.data).toString('hex') : one));
