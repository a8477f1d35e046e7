// Judge of our requests and of our fake servers' answers: the descriptions that the providers publish, by
// a validator of JSON Schema. Unlike types it knows patterns, ranges, lengths and places. Of OpenAI and
// Amazon a package has them whole, of Google its client; of the others descriptions/ has their facts.
//
// usage: node descriptions.js DIRECTORY REQUESTS.json      as for clients.js; a request may also have
// `messages` that followed it on its WebSocket, a `status` of its answer, and a `name` to be called by
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const { Description } = require('./openapi.js');
const { Google } = require('./google.js');
const { Packaged } = require('./packaged.js');

const [directory, requests] = process.argv.slice(2).map((name) => path.resolve(name));
const load = createRequire(path.join(directory, 'package.json'));

const judges = {};
function judge_of(provider) {
  const make = () => {
    if (provider === 'google') return new Google(load);
    if (provider === 'openai' || provider === 'aws') return new Packaged(load, directory, provider);
    return new Description(load, path.join(__dirname, 'descriptions', `${provider}.yaml`));
  };
  return (judges[provider] ??= make());
}

// S3 and the servers that give Google's tokens are others' matter.
const is_judged = ({ provider, headers, target }) =>
  (provider !== 'aws' || 'x-amz-target' in headers) && (provider !== 'google' || /^\/v[12]\//.test(target));

const judged = JSON.parse(fs.readFileSync(requests)).filter(is_judged);
const called = ({ name, provider, method, target }) => name ?? `${provider} ${method} ${target}`;
const found = judged.flatMap((request) =>
  judge_of(request.provider).faults(request).map((fault) => `${called(request)}: ${fault}`));
if (judged.length === 0) found.push('there was nothing to judge');
for (const fault of found) console.log(fault);
process.exitCode = found.length > 0 ? 1 : 0;
