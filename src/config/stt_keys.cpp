// stt.*
#include "config/make_key.hpp"
#include "config/rules.hpp"

#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1ULL << 20;
constexpr std::uint64_t kTiB = 1ULL << 40;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string url_or_empty(std::string_view text) {
  const bool web = istarts_with(text, "http://") || istarts_with(text, "https://");
  if (text.empty() || (web && is_plain(text) && text.size() > text.find("//") + 2)) return "";
  return in_quotes(text) + " is no URL: write it as https://stt.example.com/v1";
}

std::string websocket_url_or_empty(std::string_view text) {
  const bool socket = istarts_with(text, "ws://") || istarts_with(text, "wss://");
  if (text.empty() || (socket && is_plain(text) && text.size() > text.find("//") + 2)) return "";
  return in_quotes(text) + " is no WebSocket URL: write it as ws://127.0.0.1:2700";
}

std::string pointer(std::string_view text) {
  if (text.empty() || text.front() == '/') return "";
  return in_quotes(text) + " is no JSON pointer: write it as /result/segments";
}

Kind<std::string> url() {
  return text("a URL, or empty", url_or_empty);
}

Kind<std::string> key() {
  return text("a secret, or empty", secret_text);
}

Kind<std::filesystem::path> file() {
  return path("a path, or empty", true);
}

Kind<std::string> words(std::initializer_list<const char*> all) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto* word : all) pairs.emplace_back(word, word);
  return one_of<std::string>(pairs);
}

std::vector<Key> general() {
  return {
      SRS_KEY(stt.providers, list_of(text("", printable), "names of docs/transcription.md"),
              "Who transcribes recordings, in the order of preference; an empty list: nobody."),
      SRS_KEY(stt.language, text("a language tag, or empty", printable),
              "The language spoken (en-US) where a recording's metadata does not tell; empty: "
              "detected."),
      SRS_KEY(stt.vocabulary, list_of(text("", printable), "words and names"),
              "Names and terms that are likely to be said, passed on as hints."),
      SRS_KEY(stt.profanity_filter, yes_or_no(), "Asks providers to mask profanity."),
      SRS_KEY(stt.pii, list_of(text("", printable), "the provider's own words, such as pci"),
              "Personal data that providers are to mask themselves, where they can; each may have "
              "a list of its own."),
      SRS_KEY(stt.concurrency, number<std::size_t>(1, 1000),
              "Recordings that are transcribed at the same time."),
      SRS_KEY(stt.queue, number<std::size_t>(1, 1'000'000),
              "Recordings that wait in memory to be transcribed; more wait on disk."),
      SRS_KEY(stt.timeout, duration<milliseconds>(milliseconds(10), hours(4)),
              "How long one request may take."),
      SRS_KEY(stt.poll_interval, duration<milliseconds>(milliseconds(1), hours(1)),
              "How often a provider that works on a job is asked about it, at first."),
      SRS_KEY(stt.deadline, duration<seconds>(seconds(0), hours(24 * 30)),
              "How long a recording may wait for its transcript before that has failed."),
      SRS_KEY(stt.max_answer, size<std::uint64_t>(1024, 1024 * kMiB),
              "The largest answer that is read."),
      SRS_KEY(stt.ca_file, file(),
              "Authorities (PEM) for providers, webhook and delivery, in place of the system's; "
              "empty: the system's."),
      SRS_KEY(stt.limits,
              list_of(text("", printable),
                      "`openai requests=5/s concurrency=4 audio=600min/h cost=20/day`"),
              "Bounds of each provider, any of them left out."),
      SRS_KEY(stt.prices, list_of(text("", printable), "`openai/whisper-1 0.006 USD`"),
              "Prices per minute of audio, from which costs are estimated."),
      SRS_KEY(stt.retry.attempts, number<std::size_t>(1, 1000),
              "Failures in a row with one provider before the next one is asked."),
      SRS_KEY(stt.retry.first_pause, duration<milliseconds>(milliseconds(1), hours(1)),
              "The pause after a first failure; it doubles with each further one."),
      SRS_KEY(stt.retry.longest_pause, duration<milliseconds>(milliseconds(1), hours(24)),
              "The longest such pause."),
      SRS_KEY(stt.breaker.failures, number<std::size_t>(1, 1000),
              "Failures in a row, of all recordings, after which a provider is left alone."),
      SRS_KEY(stt.breaker.pause, duration<milliseconds>(milliseconds(1), hours(24)),
              "How long it is left alone; twice as long after each failed try."),
      SRS_KEY(stt.breaker.longest_pause, duration<milliseconds>(milliseconds(1), hours(24)),
              "The longest time that it is left alone."),
      SRS_KEY(stt.piece.length, duration<milliseconds>(seconds(10), hours(4)),
              "Longer audio is cut at silences into pieces of at most this length."),
      SRS_KEY(stt.piece.overlap, duration<milliseconds>(milliseconds(0), seconds(8)),
              "How far pieces reach into each other."),
      SRS_KEY(stt.piece.silence_db, number<int>(-127, 0),
              "Pieces that never get louder (dBFS) are not sent."),
  };
}

std::vector<Key> results() {
  return {
      SRS_KEY(stt.redaction.rules,
              list_of(text("", stt::check_redaction_rule),
                      "card, email, us_ssn, uk_nino, iban, digits, NAME=REGEX"),
              "What is taken out of transcripts."),
      SRS_KEY(stt.redaction.audio, words({"off", "silence", "tone"}),
              "Makes audio.redacted.wav, with silence or a tone where something was taken out."),
      SRS_KEY(stt.delivery.url, url(), "Where finished transcripts are posted."),
      secret(SRS_KEY(stt.delivery.secret, key(), "Signs them (HMAC-SHA256).")),
      SRS_KEY(stt.delivery.secret_file, file(), "The file with that secret; it wins."),
  };
}

// The same five keys for OpenAI and for a server of one's own.
#define SRS_OPENAI_KEYS(path)                                                         \
  SRS_KEY(path.url, url(), "The base URL, to which /audio/transcriptions is added."), \
      SRS_KEY(path.model, text("printable text", printable), "The model."),           \
      SRS_KEY(path.response_format, words({"verbose_json", "json"}),                  \
              "json for models that know no times."),                                 \
      secret(SRS_KEY(path.api_key, key(), "The key; empty sends none.")),             \
      SRS_KEY(path.api_key_file, file(), "The file with the key; it wins.")

Key own_pii(Key key) {
  key.comment = "Personal data that it is to mask, in its own words, in place of stt.pii.";
  return key;
}

std::vector<Key> services() {
  return {
      SRS_OPENAI_KEYS(stt.openai),
      SRS_OPENAI_KEYS(stt.whisper),
      SRS_KEY(stt.deepgram.url, url(), "The base URL."),
      SRS_KEY(stt.deepgram.model, text("printable text", printable), "The model."),
      SRS_KEY(stt.deepgram.multichannel, yes_or_no(), "Sends all channels in one request."),
      secret(SRS_KEY(stt.deepgram.api_key, key(), "The key.")),
      SRS_KEY(stt.deepgram.api_key_file, file(), "The file with the key; it wins."),
      own_pii(SRS_KEY(stt.deepgram.pii, list_of(text("", printable), "such as pci, numbers"), "")),
      SRS_KEY(stt.google.url, url(), "The base URL; empty: by version and location."),
      SRS_KEY(stt.google.version, words({"v1", "v2"}), "The version of Cloud Speech-to-Text."),
      SRS_KEY(stt.google.model, text("printable text, or empty", printable), "The model."),
      SRS_KEY(stt.google.project, text("a project id, or empty", printable),
              "The project, for v2; empty: that of the credentials."),
      SRS_KEY(stt.google.location, text("printable text", printable), "The location, for v2."),
      SRS_KEY(stt.google.recognizer, text("printable text", printable), "The recogniser, for v2."),
      SRS_KEY(stt.google.bucket, text("a bucket, or empty", printable),
              "A Cloud Storage bucket, for pieces longer than 55 seconds."),
      SRS_KEY(stt.google.storage_url, url(), "Cloud Storage's base URL."),
      SRS_KEY(stt.google.credentials, file(), "The key of a service account, as JSON."),
      SRS_KEY(stt.azure.url, url(), "The base URL; empty: by region."),
      SRS_KEY(stt.azure.region, text("a region, or empty", printable), "The region."),
      SRS_KEY(stt.azure.api_version, text("printable text", printable), "The API's version."),
      secret(SRS_KEY(stt.azure.key, key(), "The key of the Speech resource.")),
      SRS_KEY(stt.azure.key_file, file(), "The file with the key; it wins."),
      SRS_KEY(stt.aws.url, url(), "Amazon Transcribe's URL; empty: by region."),
      SRS_KEY(stt.aws.storage_url, url(), "The bucket's URL; empty: by bucket and region."),
      SRS_KEY(stt.aws.region, text("a region, or empty", printable), "The region."),
      SRS_KEY(stt.aws.bucket, text("a bucket, or empty", printable),
              "The S3 bucket where audio lies while it is worked on."),
      SRS_KEY(stt.aws.prefix, text("printable text, or empty", printable),
              "What the names of objects in it begin with."),
      SRS_KEY(stt.aws.access_key_id, text("printable text, or empty", printable), "The key's id."),
      SRS_KEY(stt.aws.access_key_id_file, file(), "The file with the key's id; it wins."),
      secret(SRS_KEY(stt.aws.secret_access_key, key(), "The key.")),
      SRS_KEY(stt.aws.secret_access_key_file, file(), "The file with the key; it wins."),
      secret(SRS_KEY(stt.aws.session_token, key(), "The token of temporary credentials.")),
      SRS_KEY(stt.aws.session_token_file, file(), "The file with that token; it wins."),
      own_pii(SRS_KEY(stt.aws.pii, list_of(text("", printable), "such as SSN, PIN, ALL"), "")),
      SRS_KEY(stt.aws.vocabulary_name, text("a name, or empty", printable),
              "A custom vocabulary made there beforehand, in place of stt.vocabulary."),
      SRS_KEY(stt.aws.vocabulary_filter_name, text("a name, or empty", printable),
              "A vocabulary filter made there beforehand; what is in it is masked."),
      SRS_KEY(stt.assemblyai.url, url(), "The base URL."),
      SRS_KEY(stt.assemblyai.model, text("printable text, or empty", printable),
              "The model, such as universal-2; empty: AssemblyAI chooses."),
      secret(SRS_KEY(stt.assemblyai.api_key, key(), "The key.")),
      SRS_KEY(stt.assemblyai.api_key_file, file(), "The file with the key; it wins."),
      own_pii(SRS_KEY(stt.assemblyai.pii,
                      list_of(text("", printable), "such as credit_card_number"), "")),
      SRS_KEY(stt.speechmatics.url, url(), "The base URL."),
      SRS_KEY(stt.speechmatics.operating_point, text("printable text", printable),
              "standard or enhanced."),
      secret(SRS_KEY(stt.speechmatics.api_key, key(), "The key.")),
      SRS_KEY(stt.speechmatics.api_key_file, file(), "The file with the key; it wins."),
      SRS_KEY(stt.elevenlabs.url, url(), "The base URL."),
      SRS_KEY(stt.elevenlabs.model, text("printable text", printable), "The model."),
      secret(SRS_KEY(stt.elevenlabs.api_key, key(), "The key.")),
      SRS_KEY(stt.elevenlabs.api_key_file, file(), "The file with the key; it wins."),
      own_pii(SRS_KEY(stt.elevenlabs.pii, list_of(text("", printable), "such as pci, pii"), "")),
  };
}

// The same nine keys for webhooks and for commands.
#define SRS_ANSWER_KEYS(path)                                                                     \
  SRS_KEY(path.segments, text("a JSON pointer, or empty", pointer), "Where the segments are."),   \
      SRS_KEY(path.text, text("a JSON pointer, or empty", pointer),                               \
              "The text, within a segment; without segments, of the whole answer."),              \
      SRS_KEY(path.start, text("a JSON pointer, or empty", pointer), "The start, likewise."),     \
      SRS_KEY(path.end, text("a JSON pointer, or empty", pointer), "The end, likewise."),         \
      SRS_KEY(path.confidence, text("a JSON pointer, or empty", pointer), "0 to 1, likewise."),   \
      SRS_KEY(path.words, text("a JSON pointer, or empty", pointer), "The words, likewise."),     \
      SRS_KEY(path.word_text, text("a JSON pointer, or empty", pointer), "A word's text in it."), \
      SRS_KEY(path.language, text("a JSON pointer, or empty", pointer), "The language spoken."),  \
      SRS_KEY(path.time_unit, words({"s", "ms"}), "What times are counted in.")

std::vector<Key> own() {
  return {
      SRS_KEY(stt.webhook.url, url(), "Where audio is posted."),
      secret(SRS_KEY(stt.webhook.authorization, key(), "The whole Authorization header.")),
      SRS_KEY(stt.webhook.authorization_file, file(), "The file with that; it wins."),
      secret(SRS_KEY(stt.webhook.signing_secret, key(), "Signs requests (HMAC-SHA256).")),
      SRS_KEY(stt.webhook.signing_secret_file, file(), "The file with that secret; it wins."),
      SRS_ANSWER_KEYS(stt.webhook.answer),
      SRS_KEY(stt.command.program,
              list_of(text("", printable), "the program, then its arguments, separated by commas"),
              "What is run; {audio}, {language} and {rate} in its arguments are replaced."),
      SRS_KEY(stt.command.output, words({"json", "text", "words"}), "What it writes."),
      SRS_KEY(stt.command.max_memory, size<std::uint64_t>(0, kTiB),
              "The address space that it may use; 0: no limit."),
      SRS_KEY(stt.command.max_cpu, duration<seconds>(seconds(0), hours(24)),
              "The processor time that it may use; 0: no limit."),
      SRS_KEY(stt.command.max_file_size, size<std::uint64_t>(0, kTiB),
              "How large a file that it writes may be; 0: no limit."),
      SRS_ANSWER_KEYS(stt.command.answer),
  };
}

std::vector<Key> live() {
  return {
      SRS_KEY(stt.live.provider, words({"", "vosk", "deepgram"}),
              "Who transcribes calls while they run; empty: nobody."),
      SRS_KEY(stt.live.max_streams, number<std::size_t>(1, 100'000),
              "Channels that are transcribed live at the same time; further ones are not."),
      SRS_KEY(stt.live.max_listeners, number<std::size_t>(1, 10'000),
              "Readers of live text at the same time."),
      SRS_KEY(stt.live.connect_timeout, duration<milliseconds>(milliseconds(10), hours(1)),
              "How long a connection to the live provider may take."),
      SRS_KEY(stt.live.first_pause, duration<milliseconds>(milliseconds(1), hours(1)),
              "The pause before connecting again; it doubles with each further failure."),
      SRS_KEY(stt.live.longest_pause, duration<milliseconds>(milliseconds(1), hours(1)),
              "The longest such pause."),
      SRS_KEY(stt.live.last_words, duration<milliseconds>(milliseconds(0), hours(1)),
              "How long the live provider may take for the last text after a call's end. Text that "
              "ends "
              "in digits waits as long for more of them, at most 10s, where there are redaction "
              "rules."),
      SRS_KEY(stt.live.max_waiting, duration<milliseconds>(milliseconds(100), seconds(60)),
              "Audio of a channel that waits for the live provider; older audio is dropped."),
      SRS_KEY(stt.vosk.url, text("a WebSocket URL, or empty", websocket_url_or_empty),
              "The Vosk server, live and after calls."),
      SRS_KEY(stt.vosk.ca_file, file(), "Authorities (PEM) for wss; empty: those of stt.ca_file."),
  };
}

}  // namespace

std::vector<Key> stt_keys() {
  std::vector<Key> all;
  for (auto* part : {general, results, services, live, own})
    for (auto& key : part()) all.push_back(std::move(key));
  return all;
}

}  // namespace srs::config
