// Google's description of its API: the protocol buffers that its own client carries, with the HTTP rules
// in them, and the rules of operations that stand in the client's code. Read by Google's own mapping to
// JSON (https://protobuf.dev/programming-guides/json), which drops what it doesn't know: what did not come
// back is unknown, or no value of its enumeration.
'use strict';
const fs = require('node:fs');

const kSpeech = '@google-cloud/speech/build';
const kAccess = /^Bearer \S+$/;

class Google {
  constructor(load) {
    this.root = load('protobufjs').Root.fromJSON(load(`${kSpeech}/protos/protos.json`));
    this.json = load('proto3-json-serializer');
    this.rules = ['v1', 'v2'].flatMap((version) => [
      ...this.methods(version),
      ...this.operations(fs.readFileSync(load.resolve(`${kSpeech}/src/${version}/speech_client.js`), 'utf8')),
    ]);
  }

  methods(version) {
    const { methodsArray } = this.root.lookupService(`google.cloud.speech.${version}.Speech`);
    return methodsArray.filter(({ options }) => options?.['(google.api.http).post']).map((method) => {
      method.resolve();
      const operation = method.options['(google.longrunning.operation_info).response_type'];
      return {
        method: 'POST',
        path: this.pattern(method.options['(google.api.http).post']),
        asked: method.resolvedRequestType,
        // An operation has a name first, and what came of it last.
        answered: operation ? this.root.lookupType('google.longrunning.Operation') : method.resolvedResponseType,
      };
    });
  }

  operations(code) {
    const [, path] = /Operations\.GetOperation',\s*get: '([^']+)'/.exec(code);
    return [{
      method: 'GET', path: this.pattern(path), answered: this.root.lookupType('google.longrunning.Operation'),
    }];
  }

  // `{name=projects/*/operations/*}`: a star is a segment, two are all that follows.
  pattern(template) {
    const text = template.replace(/\{[^=}]+=?([^}]*)\}/g, (_, inner) => inner || '*')
      .replace(/[.+?^$()|[\]\\]/g, '\\$&').replace(/\*\*/g, '.+').replace(/(?<!\.)\*/g, '[^/]+');
    return new RegExp(`^${text}$`);
  }

  faults(request) {
    const { pathname, search } = new URL(request.target, 'http://x');
    const rule = this.rules.find(({ method, path }) => method === request.method && path.test(pathname));
    if (!rule) return [`no operation ${request.method} ${pathname}`];
    const out = search ? [`no query ${search}`] : [];
    if (!kAccess.test(request.headers.authorization)) out.push('header has no bearer');
    if (rule.asked) out.push(...this.of_message(rule.asked, request.body, 'body'));
    else if (request.body) out.push('no body');
    return [...out, ...this.of_message(rule.answered, request.answer, 'answer')];
  }

  of_message(type, text, where) {
    try {
      const value = JSON.parse(text);
      const back = this.json.toProto3JSON(this.json.fromProto3JSON(type, value));
      return missing(value, back, '').map((name) => `${where} has no ${name}`);
    } catch (error) {
      return [`${where}: ${error.message}`];
    }
  }
}

// The names of `value` that `back` has not.
function missing(value, back, where) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${where}/${name}`;
    return back?.[name] === undefined ? [at] : missing(inner, back[name], at);
  });
}

module.exports = { Google };
