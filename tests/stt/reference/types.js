// Judge of our requests and of our fake servers' answers: the types that the providers publish in
// their client libraries, checked by the TypeScript compiler. Unknown names, missing ones and
// values out of an enumeration are errors.
//
// usage: node types.js DIRECTORY REQUESTS.json      as for clients.js
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const { fields, in_camel_case, json, query } = require('./wire.js');

const [directory, requests] = process.argv.slice(2).map((name) => path.resolve(name));
const ts = createRequire(path.join(directory, 'package.json'))('typescript');

const kTypes = `
import type { OpenAI } from 'openai';
import type { Deepgram } from '@deepgram/sdk';
import type { ElevenLabs } from '@elevenlabs/elevenlabs-js';
import type { KnownProfanityFilterModes, TranscriptionOptions } from '@azure/ai-speech-transcription';
import type { protos } from '@google-cloud/speech';
import type { DeleteTranscriptionJobCommandInput, GetTranscriptionJobCommandInput, StartTranscriptionJobCommandInput } from '@aws-sdk/client-transcribe';
import type { Transcript, TranscriptParams, UploadedFile } from 'assemblyai';
import type { CreateJobResponse, JobConfig, RetrieveJobResponse, RetrieveTranscriptResponse } from '@speechmatics/batch-client';

// As on the wire: an enumeration's members are their texts.
type Wire<T> = T extends string ? \`\${T}\` : T extends (infer U)[] ? Wire<U>[]
  : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

type openai_post = Omit<OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'verbose_json' | 'json'>, 'file'>;
type openai_post_answer = OpenAI.Audio.TranscriptionVerbose | OpenAI.Audio.Transcription;
type deepgram_post = Omit<Deepgram.listen.v1.MediaTranscribeRequestOctetStream, 'redact'>
  & { redact?: string | string[] };  // \`Multiple\`, says its page; one alone, says the type
type elevenlabs_post = Omit<ElevenLabs.BodySpeechToTextV1SpeechToTextPost, 'file'>;
type azure_post = Pick<TranscriptionOptions, 'locales' | 'phraseList'> &
  { channels?: TranscriptionOptions['activeChannels']; profanityFilterMode?: \`\${KnownProfanityFilterModes}\` };
type google_v1_recognize = protos.google.cloud.speech.v1.IRecognizeRequest;
type google_v1_longrunningrecognize = protos.google.cloud.speech.v1.ILongRunningRecognizeRequest;
type google_v2_recognize = protos.google.cloud.speech.v2.IRecognizeRequest;
type google_v2_batchRecognize = protos.google.cloud.speech.v2.IBatchRecognizeRequest;
type aws_StartTranscriptionJob = StartTranscriptionJobCommandInput;
type aws_GetTranscriptionJob = GetTranscriptionJobCommandInput;
type aws_DeleteTranscriptionJob = DeleteTranscriptionJobCommandInput;
type assemblyai_upload_answer = UploadedFile;
type assemblyai_post = TranscriptParams;
type assemblyai_post_answer = Transcript;
type assemblyai_get_answer = Transcript;
type speechmatics_post = Wire<JobConfig>;
type speechmatics_post_answer = CreateJobResponse;
type speechmatics_get_answer = Wire<RetrieveJobResponse>;
type speechmatics_transcript_answer = Wire<RetrieveTranscriptResponse>;
`;

const meaning = {
  aws: (request) => JSON.parse(request.body),
  google: (request) => JSON.parse(request.body),
  openai: fields,
  deepgram: query,
  elevenlabs: (request) => in_camel_case(fields(request)),
  azure: (request) => json(request, 'definition'),
  assemblyai: (request) => JSON.parse(request.body),
  speechmatics: (request) => json(request, 'config'),
};

function kind(request) {
  const target = request.headers['x-amz-target'];
  if (target) return target.replace('Transcribe.', '');
  const method = /^\/(v\d)\/.*:(\w+)$/.exec(request.target);
  if (request.provider === 'google' && method) return `${method[1]}_${method[2]}`;
  if (request.target.endsWith('/upload')) return 'upload';
  if (request.target.includes('/transcript?')) return 'transcript';
  return request.method.toLowerCase();
}

// One constant for each of what was sent and answered, of the type that it has to have.
function source(list) {
  let text = kTypes;
  const names = new Set([...kTypes.matchAll(/^type (\w+)/gm)].map((match) => match[1]));
  list.forEach((request, number) => {
    const type = `${request.provider}_${kind(request)}`;
    if (names.has(type))
      text += `const sent_${number}: ${type} = ${JSON.stringify(meaning[request.provider](request))};\n`;
    if (names.has(`${type}_answer`))
      text += `const answered_${number}: ${type}_answer = ${request.answer};\n`;
  });
  return text;
}

const file = path.join(directory, `judged-${process.pid}.ts`);
fs.writeFileSync(file, source(JSON.parse(fs.readFileSync(requests))));
try {
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, types: [],
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const faults = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  for (const fault of faults) {
    const line = fault.file.text.slice(0, fault.start).split('\n').length;
    console.log(`${fault.file.text.split('\n')[line - 1].slice(0, 200)}\n  ` +
      ts.flattenDiagnosticMessageText(fault.messageText, '\n  '));
  }
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  fs.rmSync(file);
}
