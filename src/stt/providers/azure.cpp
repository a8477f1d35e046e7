#include "stt/providers/azure.hpp"

#include "stt/json.hpp"

#include <algorithm>

namespace srs::stt {
namespace azure {
namespace {

std::string definition(const Options& options, const Request& request) {
  Json json{{"profanityFilterMode", options.profanity_filter ? "Masked" : "None"}};
  // Without locales the language is detected.
  if (!request.language.empty()) json["locales"] = Json::array({request.language});
  if (request.sound.channels > 1) {
    json["channels"] = Json::array();
    for (unsigned i = 0; i < request.sound.channels; ++i) json["channels"].push_back(i);
  }
  if (!options.vocabulary.empty() && takes_phrases(options.azure))
    json["phraseList"] = {{"phrases", options.vocabulary}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Word read_word(const Json& json) {
  const auto start = millis_or(json, "offsetMilliseconds", Millis(0));
  return {text_of(json, "text"), start, start + millis_or(json, "durationMilliseconds", Millis(0)),
          std::nullopt};
}

unsigned channel_of(const Json& json) {
  return static_cast<unsigned>(std::clamp(number_of(json, "channel").value_or(0), 0.0, 1e6));
}

Segment read_phrase(const Json& json) {
  Segment segment;
  segment.channel = channel_of(json);
  segment.start = millis_or(json, "offsetMilliseconds", Millis(0));
  segment.end = segment.start + millis_or(json, "durationMilliseconds", Millis(0));
  segment.text = text_of(json, "text");
  segment.language = text_of(json, "locale");
  segment.confidence = number_of(json, "confidence");
  for (const auto& word : elements(json, "words")) segment.words.push_back(read_word(word));
  return segment;
}

}  // namespace

// Versions are days, of which a preview's goes on with `-preview`.
bool takes_phrases(const AzureOptions& own) {
  return own.api_version >= "2025-10-15";
}

Outcome<HttpRequest> request(const Options& options, const Request& request) {
  const auto& own = options.azure;
  auto key = secret_of(own.key, own.key_file, "stt.azure.key_file");
  if (!key) return key.error();
  const auto base =
      own.url.empty() ? "https://" + own.region + ".api.cognitive.microsoft.com" : own.url;
  HttpRequest out{.method = "POST",
                  .url = with_path(base, "/speechtotext/transcriptions:transcribe?" +
                                             query({{"api-version", own.api_version}}))};
  out.headers = {{"Ocp-Apim-Subscription-Key", *key}, {"Accept", "application/json"}};
  std::vector<HttpPart> form;
  form.push_back({"audio", request.sound.wav, "audio.wav", "audio/wav"});
  form.push_back({"definition", definition(options, request), "", "application/json"});
  out.body = std::move(form);
  return out;
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  if (!member(*json, "phrases").is_array() && !member(*json, "combinedPhrases").is_array())
    return Failure{Reason::BadAnswer, "the answer has no `phrases`"};
  Answer answer;
  for (const auto& phrase : elements(*json, "phrases"))
    answer.segments.push_back(read_phrase(phrase));
  if (!answer.segments.empty()) answer.language = answer.segments.front().language;
  for (const auto& all : elements(*json, "combinedPhrases"))
    keep_text(answer, channel_of(all), text_of(all, "text"), is_listed(member(*json, "phrases")));
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

}  // namespace azure

std::unique_ptr<Provider> make_azure(const Options& options) {
  OneRequest service;
  service.name = "azure";
  service.model = "fast";
  service.prepare = [&options](const Request& request) { return azure::request(options, request); };
  service.parse = azure::parse;
  service.longest = std::chrono::minutes(110);  // of two hours
  service.largest = 299'000'000;                // of 300 MB, with the rest of the form
  return make_provider(std::move(service));
}

}  // namespace srs::stt
