#include "stt/providers/deepgram.hpp"

#include "stt/json.hpp"
#include "stt/language.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace deepgram {
namespace {

Word read_word(const Json& json) {
  Word word;
  word.text = text_of(json, "punctuated_word");
  if (word.text.empty()) word.text = text_of(json, "word");
  word.start = seconds_or(json, "start", Millis(0));
  word.end = seconds_or(json, "end", word.start);
  word.confidence = number_of(json, "confidence");
  return word;
}

std::vector<Word> read_words(const Json& json) {
  std::vector<Word> words;
  for (const auto& word : elements(json, "words")) words.push_back(read_word(word));
  return words;
}

Segment read_utterance(const Json& json) {
  Segment segment;
  segment.channel =
      static_cast<unsigned>(std::clamp(number_of(json, "channel").value_or(0), 0.0, 1e6));
  segment.start = seconds_or(json, "start", Millis(0));
  segment.end = seconds_or(json, "end", Millis(0));
  segment.text = text_of(json, "transcript");
  segment.confidence = number_of(json, "confidence");
  segment.words = read_words(json);
  return segment;
}

// What the utterances do not tell: the words of each channel's best alternative, or its text.
void read_channel(const Json& json, unsigned number, Answer& answer) {
  const auto& alternatives = elements(json, "alternatives");
  if (alternatives.empty()) return;
  const auto& best = alternatives.front();
  auto& segments = answer.segments;
  const auto is_here = [number](const Segment& segment) { return segment.channel == number; };
  const bool uttered = std::any_of(segments.begin(), segments.end(), is_here);
  const bool torn = std::any_of(segments.begin(), segments.end(), [&](const Segment& segment) {
    return is_here(segment) && segment.text.empty();
  });
  if (torn) std::erase_if(segments, is_here);
  if (torn || !uttered)
    for (auto& segment : segments_of(read_words(best), number)) segments.push_back(segment);
  keep_text(answer, number, text_of(best, "transcript"), torn || is_listed(member(best, "words")));
  for (auto& segment : segments)
    if (is_here(segment)) segment.language = text_of(json, "detected_language");
}

std::string model_of(const Json& metadata) {
  const auto& infos = member(metadata, "model_info");
  if (!infos.is_object()) return {};
  for (const auto& info : infos) return text_of(info, "name");
  return {};
}

}  // namespace

// https://developers.deepgram.com/docs/models-languages-overview: German is `de` and no `de-DE`.
std::string language_code(std::string_view tag) {
  return listed_language(tag,
                         {"da-DK",  "de-CH", "en-AU",   "en-GB", "en-IN",   "en-NZ",   "en-US",
                          "es-419", "fr-CA", "hi-Latn", "ko-KR", "nl-BE",   "pt-BR",   "pt-PT",
                          "sv-SE",  "th-TH", "zh-CN",   "zh-HK", "zh-Hans", "zh-Hant", "zh-TW"});
}

Outcome<HttpRequest> request(const Options& options, const Request& request) {
  const auto& own = options.deepgram;
  auto key = secret_of(own.api_key, own.api_key_file, "stt.deepgram.api_key_file");
  if (!key) return key.error();
  std::vector<std::pair<std::string, std::string>> values = {{"model", own.model},
                                                             {"smart_format", "true"},
                                                             {"punctuate", "true"},
                                                             {"utterances", "true"}};
  if (request.sound.channels > 1) values.emplace_back("multichannel", "true");
  if (request.language.empty())
    values.emplace_back("detect_language", "true");
  else
    values.emplace_back("language", language_code(request.language));
  if (options.profanity_filter) values.emplace_back("profanity_filter", "true");
  for (const auto& kind : pii_of(options, own.pii)) values.emplace_back("redact", kind);
  // Nova-3 takes whole terms, the models before it single words.
  const std::string hint = own.model.starts_with("nova-3") ? "keyterm" : "keywords";
  for (const auto& word : options.vocabulary) values.emplace_back(hint, word);
  HttpRequest out{.method = "POST", .url = with_path(own.url, "/v1/listen?" + query(values))};
  out.headers = {{"Authorization", "Token " + *key},
                 {"Content-Type", "audio/wav"},
                 {"Accept", "application/json"}};
  out.body = request.sound.wav;
  return out;
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  const auto& results = member(*json, "results");
  const auto& channels = elements(results, "channels");
  if (!member(results, "channels").is_array())
    return Failure{Reason::BadAnswer, "the answer has no `results.channels`"};
  Answer answer;
  answer.model = model_of(member(*json, "metadata"));
  if (!channels.empty()) answer.language = text_of(channels.front(), "detected_language");
  for (const auto& utterance : elements(results, "utterances"))
    answer.segments.push_back(read_utterance(utterance));
  for (unsigned i = 0; i < channels.size(); ++i) read_channel(channels[i], i, answer);
  if (!channels.empty())
    std::erase_if(answer.segments,
                  [&](const Segment& segment) { return segment.channel >= channels.size(); });
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

std::optional<Complaint> complaint(int status, std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return std::nullopt;
  auto code = text_of(*json, "err_code");
  auto words = text_of(*json, "err_msg");
  if (words.empty()) words = common_complaint(status, body)->words;
  if (words.empty()) words = code;
  return Complaint{std::move(words), std::move(code)};
}

}  // namespace deepgram

std::unique_ptr<Provider> make_deepgram(const Options& options) {
  OneRequest service;
  service.name = "deepgram";
  service.model = options.deepgram.model;
  service.prepare = [&options](const Request& request) {
    return deepgram::request(options, request);
  };
  service.parse = deepgram::parse;
  service.complaints = deepgram::complaint;
  service.takes_channels_together = options.deepgram.multichannel;
  return make_provider(std::move(service));
}

}  // namespace srs::stt
