// Judge of our requests: the providers' own client libraries. Each is told what our request means
// and sends it to a server of this script; what then comes must be what we sent.
//
// usage: node clients.js DIRECTORY REQUESTS.json      DIRECTORY has node_modules (install.sh)
//
// REQUESTS.json: [{provider, method, target, headers, form or body, answer}], as our classes sent
// them and were answered; a form is [{name, filename, type, value}], `(audio)` stands for audio.
// Prints a line for each difference.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const { isDeepStrictEqual } = require('node:util');
const { Server, audio, kAudio, fields, in_camel_case, json, query } = require('./wire.js');

// Node 18 keeps it to itself.
globalThis.File ??= require('node:buffer').File;

const [directory, requests] = process.argv.slice(2).map((name) => path.resolve(name));
const load = createRequire(path.join(directory, 'package.json'));
const apiKey = 'a-key';

const clients = {
  aws(url, request) {
    const sdk = load('@aws-sdk/client-transcribe');
    const credentials = { accessKeyId: apiKey, secretAccessKey: 'a-secret' };
    const client = new sdk.TranscribeClient({
      region: 'eu-west-1', endpoint: url, credentials, maxAttempts: 1,
    });
    const name = request.headers['x-amz-target'].split('.')[1];
    return client.send(new sdk[`${name}Command`](JSON.parse(request.body)));
  },
  async openai(url, request) {
    const { OpenAI, toFile } = load('openai');
    const client = new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
    const file = await toFile(audio, 'audio.wav', { type: 'audio/wav' });
    return client.audio.transcriptions.create({ ...fields(request), file });
  },
  deepgram(url, request) {
    const { DeepgramClient } = load('@deepgram/sdk');
    const environment = { base: url, production: url, agent: url };
    const client = new DeepgramClient({ apiKey, environment, maxRetries: 0 });
    const file = { data: audio, contentType: 'audio/wav' };
    return client.listen.v1.media.transcribeFile(file, query(request));
  },
  elevenlabs(url, request) {
    const { ElevenLabsClient } = load('@elevenlabs/elevenlabs-js');
    const client = new ElevenLabsClient({ apiKey, baseUrl: url, maxRetries: 0 });
    const file = { data: audio, filename: 'audio.wav', contentType: 'audio/wav' };
    return client.speechToText.convert({ ...in_camel_case(fields(request)), file });
  },
  azure(url, request) {
    const { TranscriptionClient } = load('@azure/ai-speech-transcription');
    const client = new TranscriptionClient(url, { key: apiKey }, {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 0 },
      serviceVersion: query(request)['api-version'],
    });
    const { channels, diarization, ...others } = json(request, 'definition');
    const options = { ...others, activeChannels: channels, diarizationOptions: diarization };
    return client.transcribe(audio, options);
  },
  assemblyai(url, request) {
    const { AssemblyAI } = load('assemblyai');
    const client = new AssemblyAI({ apiKey, baseUrl: url });
    if (request.target.endsWith('/upload')) return client.files.upload(audio);
    const id = request.target.split('/').pop();
    if (request.method === 'GET') return client.transcripts.get(id);
    if (request.method === 'DELETE') return client.transcripts.delete(id);
    return client.transcripts.submit(JSON.parse(request.body));
  },
  speechmatics(url, request) {
    const { BatchClient } = load('@speechmatics/batch-client');
    const client = new BatchClient({ apiKey, apiUrl: url, appId: 'test' });
    const id = /jobs\/([^/?]+)/.exec(request.target)?.[1];
    if (request.target.includes('/transcript')) return client.getJobResult(id, 'json-v2');
    if (request.method === 'DELETE') return client.deleteJob(id);
    if (id) return client.getJob(id);
    const { type, ...config } = json(request, 'config'); // it adds the type
    return client.createTranscriptionJob(new File([audio], 'audio.wav'), config);
  },
};

// Headers that say who asks, and of what kind the body is where it is no form.
const kKeys = ['authorization', 'xi-api-key', 'ocp-apim-subscription-key', 'x-amz-target'];
// What client libraries say of themselves.
const kOwn = ['sm-sdk', 'sm-app'];

// Signatures are of a moment, and clients sign more headers than they must.
const unsigned = (text) => text?.replace(/\/\d{8}\//, '/').replace(/, SignedHeaders=.*/, '');
// Google's library speaks gRPC, and S3 is another library's matter.
const is_judged = ({ provider, headers }) =>
  provider !== 'google' && (provider !== 'aws' || 'x-amz-target' in headers);

const ordered = (list) => list.map((one) => JSON.stringify(one)).sort();
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

// All of a request that has to be alike.
function essence(request) {
  const { pathname, searchParams } = new URL(request.target, 'http://x');
  const out = { method: request.method, path: pathname };
  out.query = ordered([...searchParams].filter(([name]) => !kOwn.includes(name)));
  for (const name of kKeys) out[name] = unsigned(request.headers[name]);
  if (request.form) {
    out.form = ordered(request.form.map(({ name, filename, value, type }) => ({
      name,
      value: parsed(value),
      has_filename: filename !== '',
      is_json: type === 'application/json',
    })).map((part) => ({ ...part, value: JSON.stringify(sorted(part.value)) })));
  } else if (request.body) {
    out.type = request.headers['content-type'];
    out.body = parsed(request.body);
  }
  return out;
}

function sorted(value) {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

async function main() {
  const server = new Server();
  await server.listen();
  let alike = true;
  const differs = (...words) => {
    alike = false;
    console.log(words.join(' '));
  };
  for (const request of JSON.parse(fs.readFileSync(requests)).filter(is_judged)) {
    const name = `${request.provider} ${request.method} ${request.target}:`;
    server.asked = [];
    server.answer = request.answer;
    try {
      await clients[request.provider](server.url, request);
    } catch (error) {
      differs(name, 'the client library fails:', String(error).slice(0, 500));
    }
    if (server.asked.length !== 1) {
      differs(name, `the client library sent ${server.asked.length} requests`);
      continue;
    }
    const ours = essence(request);
    const theirs = essence(server.asked[0]);
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
      if (!isDeepStrictEqual(ours[key], theirs[key]))
        differs(name, `${key} is`, JSON.stringify(ours[key]), 'and theirs', JSON.stringify(theirs[key]));
  }
  server.close();
  process.exit(alike ? 0 : 1);
}

main();
