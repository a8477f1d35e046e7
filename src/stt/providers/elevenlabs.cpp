#include "stt/providers/elevenlabs.hpp"

#include "stt/json.hpp"
#include "stt/language.hpp"

#include <cmath>

namespace srs::stt {
namespace elevenlabs {
namespace {

std::vector<Word> read_words(const Json& json) {
  std::vector<Word> words;
  for (const auto& entry : elements(json, "words")) {
    // Between the words stand `spacing` and `audio_event`.
    const auto type = text_of(entry, "type");
    if (!type.empty() && type != "word") continue;
    Word word;
    word.text = text_of(entry, "text");
    word.start = seconds_or(entry, "start", Millis(0));
    word.end = seconds_or(entry, "end", word.start);
    if (const auto logarithm = number_of(entry, "logprob"); logarithm && *logarithm <= 0)
      word.confidence = std::exp(*logarithm);
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

Outcome<HttpRequest> request(const Options& options, const Request& request) {
  const auto& own = options.elevenlabs;
  auto key = secret_of(own.api_key, own.api_key_file, "stt.elevenlabs.api_key_file");
  if (!key) return key.error();
  HttpRequest out{.method = "POST", .url = with_path(own.url, "/v1/speech-to-text")};
  out.headers = {{"xi-api-key", *key}, {"Accept", "application/json"}};
  std::vector<HttpPart> form;
  form.push_back({"model_id", own.model, "", ""});
  form.push_back({"timestamps_granularity", "word", "", ""});
  form.push_back({"tag_audio_events", "false", "", ""});
  form.push_back({"diarize", "false", "", ""});
  if (!request.language.empty())
    form.push_back({"language_code", primary_language(request.language), "", ""});
  for (const auto& word : options.vocabulary) form.push_back({"keyterms", word, "", ""});
  // What is to be taken out has to be looked for.
  for (const auto& kind : pii_of(options, own.pii))
    for (const auto* field : {"entity_detection", "entity_redaction"})
      form.push_back({field, kind, "", ""});
  form.push_back({"file", request.sound.wav, "audio.wav", "audio/wav"});
  out.body = std::move(form);
  return out;
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  if (!member(*json, "text").is_string() && !member(*json, "words").is_array())
    return Failure{Reason::BadAnswer, "the answer has neither `text` nor `words`"};
  Answer answer;
  answer.language = text_of(*json, "language_code");
  answer.segments = segments_of(read_words(*json), 0);
  keep_text(answer, 0, text_of(*json, "text"), is_listed(member(*json, "words")));
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

}  // namespace elevenlabs

std::unique_ptr<Provider> make_elevenlabs(const Options& options) {
  OneRequest service;
  service.name = "elevenlabs";
  service.model = options.elevenlabs.model;
  service.prepare = [&options](const Request& request) {
    return elevenlabs::request(options, request);
  };
  service.parse = elevenlabs::parse;
  return make_provider(std::move(service));
}

}  // namespace srs::stt
