// What can be configured about speech-to-text; docs/transcription.md explains each provider.
#pragma once

#include <srs/util/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// A secret written down, or better the file that holds it (a Kubernetes secret). The file is read
// for every request, so a rotated key works without a restart.
struct Secret {
  std::string value;
  std::filesystem::path file;

  bool empty() const { return value.empty() && file.empty(); }
  // Blocks where there is a file. Without white space around; one that holds nothing else is an
  // error. An error names the file, never text.
  Result<std::string> read() const;
};

// Any server with OpenAI's POST <url>/audio/transcriptions: OpenAI, Azure OpenAI, Groq,
// whisper.cpp, faster-whisper, LocalAI, vLLM.
struct OpenAiOptions {
  std::string url = "https://api.openai.com/v1";
  std::string model = "whisper-1";
  std::string response_format = "verbose_json";  // `json` for models that know no times
  std::string api_key;                           // empty: none is sent
  std::filesystem::path api_key_file;
};

// The same, of one's own, so that it may stand beside OpenAI. It has no URL until it is given one.
struct WhisperOptions : OpenAiOptions {
  WhisperOptions() { url.clear(); }
};

struct DeepgramOptions {
  std::string url = "https://api.deepgram.com";
  std::string model = "nova-2";
  bool multichannel = false;  // all channels of a piece in one request
  std::string api_key;
  std::filesystem::path api_key_file;
  std::vector<std::string> pii;  // in its own words, in place of Options::pii
};

struct GoogleOptions {
  std::string url;                  // empty: Google's own, by version and location
  std::string version = "v1";       // v1 or v2
  std::string model;                // empty: Google chooses
  std::string project;              // empty: the credentials'
  std::string location = "global";  // v2
  std::string recognizer = "_";     // v2
  std::string bucket;               // a Cloud Storage bucket for pieces longer than a minute
  std::string storage_url = "https://storage.googleapis.com";
  std::filesystem::path credentials;  // a service account's key as JSON
};

struct AzureOptions {
  std::string url;  // empty: https://<region>.api.cognitive.microsoft.com
  std::string region;
  std::string api_version = "2025-10-15";  // from here on phrase lists are known
  std::string key;
  std::filesystem::path key_file;
};

struct AwsOptions {
  std::string url;          // of Amazon Transcribe; empty: by region
  std::string storage_url;  // of the bucket in S3; empty: by bucket and region
  std::string region;
  std::string bucket;  // audio lies here while a job runs, under `prefix`
  std::string prefix = "siprec-server/";
  std::string access_key_id;
  std::filesystem::path access_key_id_file;
  std::string secret_access_key;
  std::filesystem::path secret_access_key_file;
  std::string session_token;
  std::filesystem::path session_token_file;
  std::vector<std::string> pii;        // in its own words, in place of Options::pii
  std::string vocabulary_name;         // of a vocabulary that was made there beforehand
  std::string vocabulary_filter_name;  // likewise; what is in it is masked
};

struct AssemblyAiOptions {
  std::string url = "https://api.assemblyai.com";
  std::string model;  // one of speech_models; empty: theirs
  std::string api_key;
  std::filesystem::path api_key_file;
  std::vector<std::string> pii;  // in its own words, in place of Options::pii
};

struct SpeechmaticsOptions {
  std::string url = "https://asr.api.speechmatics.com/v2";
  std::string operating_point = "standard";  // or enhanced
  std::string api_key;
  std::filesystem::path api_key_file;
};

struct ElevenLabsOptions {
  std::string url = "https://api.elevenlabs.io";
  std::string model = "scribe_v2";
  std::string api_key;
  std::filesystem::path api_key_file;
  std::vector<std::string> pii;  // in its own words, in place of Options::pii
};

// A server of https://github.com/alphacep/vosk-server.
struct VoskOptions {
  std::string url = "ws://127.0.0.1:2700";
  std::filesystem::path ca_file;  // PEM, for wss; empty: Options::ca_file
};

// Transcription while people speak.
struct LiveOptions {
  std::string provider;             // vosk or deepgram; empty: switched off
  std::size_t max_streams = 200;    // channels at the same time
  std::size_t max_listeners = 100;  // on /events/transcriptions and /ws/transcriptions
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds first_pause{500};  // before connecting again; doubles with each failure
  std::chrono::milliseconds longest_pause{30'000};
  std::chrono::milliseconds last_words{5'000};   // how long a call's end waits for its last text
  std::chrono::milliseconds max_waiting{5'000};  // of audio, per channel; the oldest is dropped
};

// Where an answer holds what we want, as JSON pointers (RFC 6901). `word_*`, `start` and `end` are
// pointers within a segment or a word. Without `segments` the whole answer is one segment.
struct AnswerMapping {
  std::string segments = "/segments";
  std::string text = "/text";
  std::string start = "/start";
  std::string end = "/end";
  std::string confidence = "/confidence";
  std::string words = "/words";
  std::string word_text = "/word";
  std::string language = "/language";
  std::string time_unit = "s";  // or ms
};

// Any service that takes audio by POST and answers JSON.
struct WebhookOptions {
  std::string url;
  std::string authorization;  // the whole Authorization header
  std::filesystem::path authorization_file;
  std::string signing_secret;  // signs requests with HMAC-SHA256
  std::filesystem::path signing_secret_file;
  AnswerMapping answer;
};

// Any local program. `{audio}`, `{language}` and `{rate}` in its arguments are replaced.
struct CommandOptions {
  std::vector<std::string> program;  // the path and the arguments; no shell takes part
  std::string output = "json";       // json (mapped as below), text, or words (`word start end`)
  std::uint64_t max_memory = 4ULL << 30;     // bytes of address space; 0: no limit
  std::chrono::seconds max_cpu{3600};        // 0: no limit
  std::uint64_t max_file_size = 1ULL << 30;  // bytes of each file that it writes; 0: no limit
  AnswerMapping answer;
};

struct RedactionOptions {
  std::vector<std::string> rules;  // card, email, us_ssn, uk_nino, iban, digits, or name=REGEX
  std::string audio = "off";       // silence or tone: makes audio.redacted.wav
};

// Where finished transcripts are sent; empty: nowhere.
struct DeliveryOptions {
  std::string url;
  std::string secret;
  std::filesystem::path secret_file;
};

struct RetryOptions {
  std::size_t attempts = 4;                     // with one provider before the next one is tried
  std::chrono::milliseconds first_pause{1000};  // doubles with each failure, with jitter
  std::chrono::milliseconds longest_pause{600'000};
};

struct BreakerOptions {
  std::size_t failures = 5;  // in a row
  std::chrono::milliseconds pause{30'000};
  std::chrono::milliseconds longest_pause{600'000};
};

struct PieceOptions {
  std::chrono::milliseconds length{600'000};  // longer audio is split at silences
  std::chrono::milliseconds overlap{1000};
  int silence_db = -60;  // dBFS; pieces that never get louder are not sent
};

struct Options {
  std::vector<std::string> providers;  // in the order of preference; empty: switched off
  std::string language;                // BCP 47; empty: the provider detects it
  std::vector<std::string> vocabulary;
  bool profanity_filter = false;  // asks providers to mask profanity
  std::vector<std::string> pii;   // passed on to all that mask personal data themselves
  std::size_t concurrency = 4;    // recordings at the same time
  std::size_t queue = 10'000;     // jobs in memory; more wait on disk
  std::chrono::milliseconds timeout{300'000};     // of one request
  std::chrono::milliseconds poll_interval{3000};  // of providers that work on jobs
  std::chrono::seconds deadline{24 * 3600};       // then a job has failed
  std::uint64_t max_answer = 32 << 20;            // bytes
  std::filesystem::path ca_file;  // PEM, for all that is reached over TLS; empty: the system's
  std::vector<std::string>
      limits;  // `openai requests=5/s concurrency=4 audio=600min/h cost=20/day`
  std::vector<std::string> prices;  // `openai/whisper-1 0.006 USD`, per minute of audio
  RetryOptions retry;
  BreakerOptions breaker;
  PieceOptions piece;
  RedactionOptions redaction;
  DeliveryOptions delivery;
  OpenAiOptions openai;
  WhisperOptions whisper;
  DeepgramOptions deepgram;
  GoogleOptions google;
  AzureOptions azure;
  AwsOptions aws;
  AssemblyAiOptions assemblyai;
  SpeechmaticsOptions speechmatics;
  ElevenLabsOptions elevenlabs;
  WebhookOptions webhook;
  CommandOptions command;
  VoskOptions vosk;
  LiveOptions live;
};

// Bounds of one provider; 0 is no bound.
struct Limit {
  std::string provider;
  double requests_per_second = 0;
  std::size_t concurrency = 0;
  double audio_minutes_per_hour = 0;
  double cost_per_day = 0;  // in the currency of its price
};
Result<Limit> parse_limit(std::string_view text);

struct Price {
  std::string provider;
  std::string model;  // empty: all that have no price of their own
  double per_minute = 0;
  std::string currency;  // ISO 4217
};
Result<Price> parse_price(std::string_view text);

// Names that `providers` may hold.
const std::vector<std::string>& provider_names();

// A built-in rule's name or name=REGEX; empty: fine, else what is wrong.
std::string check_redaction_rule(std::string_view rule);

// All that keeps these options from working; empty: nothing.
struct Fault {
  std::string key;   // stt.providers
  std::string text;  // what is wrong with it and what to write instead; no secret
};
std::vector<Fault> faults(const Options& options);

// What is configured and a configured provider, live or after calls, can't do.
struct Ignored {
  std::string provider;
  std::string option;  // stt.pii
};
std::vector<Ignored> ignored_options(const Options& options);

// Files with secrets of configured providers, live or after calls, and of deliveries, that can't be
// read or are empty. Blocks.
std::vector<Fault> secret_faults(const Options& options);

}  // namespace srs::stt
