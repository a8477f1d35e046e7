// An OpenAPI 3.1 description of descriptions/, and whether requests and answers are as it wants them.
// The values are a validator's matter (ajv, JSON Schema 2020-12); here is only what OpenAPI says of their
// places: paths, parameters, forms, media types.
'use strict';
const fs = require('node:fs');
const { kAudio } = require('./wire.js');

const in_words = (error) =>
  `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`.trim();

// What a text of a query or a form can stand for; several of one name are a list.
function readings(texts) {
  const single = (text) => {
    const values = [text];
    if (text === 'true' || text === 'false') values.push(text === 'true');
    if (/^-?\d+(\.\d+)?$/.test(text)) values.push(Number(text));
    return values;
  };
  return texts.length === 1 ? [...single(texts[0]), texts] : [texts];
}

// {name: [text]} of [name, text].
function grouped(pairs) {
  const out = {};
  for (const [name, text] of pairs) (out[name] ??= []).push(text);
  return out;
}

class Description {
  constructor(load, file) {
    this.document = load('yaml').parse(fs.readFileSync(file, 'utf8'));
    this.ajv = new (load('ajv/dist/2020'))({ strict: false, allErrors: true });
    load('ajv-formats')(this.ajv);
    this.ajv.addSchema(this.document, 'description');
    this.bases = this.document.servers.map(({ url }) => new URL(url).pathname.replace(/\/$/, ''));
  }

  // Of the request, and of its answer if it has one.
  faults(request) {
    const { pathname, searchParams } = new URL(request.target, 'http://x');
    const operation = this.operation(request.method, pathname);
    if (!operation) return [`no operation ${request.method} ${pathname}`];
    return [
      ...this.of_parameters(operation, 'query', grouped(searchParams), true),
      ...this.of_parameters(operation, 'header',
        Object.fromEntries(Object.entries(request.headers).map(([name, text]) => [name, [text]])), false),
      ...this.of_body(operation, request),
      ...(request.messages ?? []).flatMap((message) =>
        this.of_json(message, operation['x-messages']?.schema ?? false, 'message')),
      ...(request.answer === undefined ? [] : this.of_answer(operation, request)),
    ];
  }

  operation(method, pathname) {
    for (const base of this.bases)
      for (const [template, item] of Object.entries(this.document.paths)) {
        const shape = template.split(/\{[^}]*\}/).map((text) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
        if (!new RegExp(`^${base}${shape.join('[^/]+')}$`).test(pathname)) continue;
        const operation = item[method.toLowerCase()];
        if (!operation) return undefined;
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
        return { ...operation, parameters: parameters.map((one) => this.resolved(one)) };
      }
    return undefined;
  }

  resolved(value) {
    if (!value?.$ref) return value;
    return value.$ref.slice(2).split('/').reduce((at, name) => at[name], this.document);
  }

  of_parameters(operation, place, given, names_are_closed) {
    const known = operation.parameters.filter((one) => one.in === place);
    const out = known.filter(({ name, required }) => required && !(name in given))
      .map(({ name }) => `${place} has no ${name}`);
    for (const [name, texts] of Object.entries(given)) {
      const parameter = known.find((one) => one.name === name);
      if (parameter) out.push(...this.of_texts(texts, parameter.schema, `${place} ${name}`));
      else if (names_are_closed) out.push(`no ${place} ${name}`);
    }
    return out;
  }

  // One of the readings has to be valid.
  of_texts(texts, schema, where) {
    const all = readings(texts).map((value) => this.errors(value, schema));
    return all.some((errors) => errors.length === 0) ? [] : [`${where}: ${texts} ${all[0].map(in_words)}`];
  }

  of_body(operation, request) {
    const has_body = request.form !== undefined || Boolean(request.body);
    if (!operation.requestBody) return has_body ? ['no body'] : [];
    const type = (request.headers['content-type'] ?? '').replace(/;.*/, '');
    const { content } = operation.requestBody;
    const { schema } = content[type] ?? content[type.replace(/\/.*/, '/*')] ?? {};
    if (!schema) return [`no body of ${type}`];
    if (request.form) return this.of_form(request.form, schema);
    if (type === 'application/json') return this.of_json(request.body, schema, 'body');
    return request.body === kAudio ? [] : ['the body is no audio'];
  }

  of_form(form, schema) {
    const given = grouped(form.map((part) => [part.name, part]));
    const out = schema.required.filter((name) => !(name in given)).map((name) => `form has no ${name}`);
    for (const [name, parts] of Object.entries(given)) {
      const property = schema.properties[name];
      const texts = parts.map(({ value }) => value);
      if (!property) {
        out.push(`no form ${name}`);
      } else if (property.contentEncoding === 'binary') {
        if (texts.length !== 1 || texts[0] !== kAudio || !parts[0].filename) out.push(`form ${name}: no file`);
      } else if (property.contentSchema) {
        out.push(...texts.flatMap((text) => this.of_json(text, property.contentSchema, `form ${name}`)));
      } else {
        out.push(...this.of_texts(texts, property, `form ${name}`));
      }
    }
    return out;
  }

  of_answer(operation, { answer, status = '2' }) {
    const states = Object.keys(operation.responses);
    const state = states.find((one) => one.startsWith(String(status))) ?? states.find((one) => one === 'default');
    const schema = this.resolved(operation.responses[state])?.content?.['application/json']?.schema;
    return schema ? this.of_json(answer, schema, 'answer') : [`no answer ${status}`];
  }

  of_json(text, schema, where) {
    try {
      return this.errors(JSON.parse(text), schema).map((error) => `${where} ${in_words(error)}`);
    } catch (error) {
      return [`${where}: ${error.message}`];
    }
  }

  errors(value, schema) {
    this.compiled ??= new Map();
    if (!this.compiled.has(schema)) this.compiled.set(schema, this.ajv.compile(this.rooted(schema)));
    const validate = this.compiled.get(schema);
    return validate(value) ? [] : validate.errors;
  }

  // A part of the document, whose references are the document's.
  rooted(schema) {
    if (typeof schema !== 'object') return schema;
    return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"description#/'));
  }
}

module.exports = { Description };
