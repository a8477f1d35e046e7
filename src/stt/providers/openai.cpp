#include "stt/providers/openai.hpp"

#include "stt/json.hpp"
#include "stt/language.hpp"

#include <srs/util/text.hpp>

#include <cmath>

namespace srs::stt {
namespace openai {
namespace {

Word read_word(const Json& json) {
  Word word;
  // OpenAI says `word`; LocalAI and older whisper.cpp say `text`.
  word.text = text_of(json, "word");
  if (word.text.empty()) word.text = text_of(json, "text");
  word.start = seconds_or(json, "start", Millis(0));
  word.end = seconds_or(json, "end", word.start);
  word.confidence = number_of(json, "probability");
  return word;
}

std::vector<Word> read_words(const Json& json) {
  std::vector<Word> words;
  if (!json.is_array()) return words;
  for (const auto& word : json) words.push_back(read_word(word));
  return words;
}

Segment read_segment(const Json& json) {
  Segment segment;
  segment.start = seconds_or(json, "start", Millis(0));
  segment.end = seconds_or(json, "end", Millis(0));
  segment.text = text_of(json, "text");
  // The mean of the tokens' logarithms is the nearest to a confidence that Whisper gives.
  if (const auto mean = number_of(json, "avg_logprob"); mean && *mean <= 0)
    segment.confidence = std::exp(*mean);
  segment.words = read_words(member(json, "words"));
  return segment;
}

// OpenAI lists all words beside the segments: each goes to the segment where its middle is.
void share_words(std::vector<Word> words, std::vector<Segment>& segments) {
  std::size_t at = 0;
  for (auto& word : words) {
    const auto middle = word.start + (word.end - word.start) / 2;
    while (at + 1 < segments.size() && middle >= segments[at + 1].start) ++at;
    segments[at].words.push_back(std::move(word));
  }
}

// It takes its key in a header of its own. Its clouds, by host; a gateway before one by the query
// that no other service of this kind has.
bool is_azure(std::string_view url) {
  const auto begin = url.find("://");
  const auto rest = begin == std::string_view::npos ? url : url.substr(begin + 3);
  const auto host = rest.substr(0, rest.find_first_of("/:?"));
  return host.ends_with(".azure.com") || host.ends_with(".azure.us") ||
         host.ends_with(".azure.cn") || url.find("api-version=") != std::string_view::npos;
}

// A base URL, or the whole one, as Azure's portal shows it: that is taken as it is.
std::string url_of(const std::string& url) {
  constexpr std::string_view kPath = "/audio/transcriptions";
  auto path = std::string_view(url).substr(0, url.find('?'));
  while (path.ends_with('/')) path.remove_suffix(1);
  return with_path(url, path.ends_with(kPath) ? "" : kPath);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Outcome<HttpRequest> request(const Options& options, const OpenAiOptions& own,
                             std::string_view key_file, const Request& request) {
  auto key = secret_of(own.api_key, own.api_key_file, key_file);
  if (!key) return key.error();
  HttpRequest out{.method = "POST", .url = url_of(own.url)};
  if (!key->empty()) {
    if (is_azure(own.url))
      out.headers.emplace_back("api-key", *key);
    else
      out.headers.emplace_back("Authorization", "Bearer " + *key);
  }
  std::vector<HttpPart> form;
  form.push_back({"file", request.sound.wav, "audio.wav", "audio/wav"});
  form.push_back({"model", own.model, "", ""});
  form.push_back({"response_format", own.response_format, "", ""});
  if (own.response_format == "verbose_json") {
    form.push_back({"timestamp_granularities[]", "word", "", ""});
    form.push_back({"timestamp_granularities[]", "segment", "", ""});
  }
  if (!request.language.empty())
    form.push_back({"language", primary_language(request.language), "", ""});
  if (!options.vocabulary.empty()) form.push_back({"prompt", joined(options.vocabulary), "", ""});
  out.body = std::move(form);
  return out;
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  const auto& segments = member(*json, "segments");
  const auto& words = member(*json, "words");
  const auto& text = member(*json, "text");
  if (!segments.is_array() && !words.is_array() && !text.is_string())
    return Failure{Reason::BadAnswer, "the answer has neither `segments` nor `text`"};
  Answer answer;
  answer.language = text_of(*json, "language");
  answer.model = text_of(*json, "model");
  for (const auto& segment : elements(*json, "segments"))
    answer.segments.push_back(read_segment(segment));
  const bool listed = is_listed(segments);
  if (answer.segments.empty()) keep_text(answer, 0, text_of(text), listed);
  if (answer.segments.empty())
    answer.segments = segments_of(read_words(words), 0);
  else
    share_words(read_words(words), answer.segments);
  keep_text(answer, 0, text_of(text), listed);
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

std::optional<Complaint> complaint(int status, std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return std::nullopt;
  auto out = common_complaint(status, body);
  out->code = text_of(member(*json, "error"), "code");
  // 429 as well where the account's money is used up; waiting does not help.
  if (status == 429 && out->code == "insufficient_quota") out->reason = Reason::Quota;
  return out;
}

}  // namespace openai

namespace {

// 25 MB for OpenAI and Azure: https://platform.openai.com/docs/guides/speech-to-text. It counts in
// MiB; what lies between is for the rest of the form. Servers of one's own have no such bound.
constexpr std::uint64_t kLargest = 25'000'000;

std::unique_ptr<Provider> make(const Options& options, const OpenAiOptions& own,
                               std::string_view name, std::string_view key_file,
                               std::uint64_t largest) {
  OneRequest service;
  service.name = name;
  service.model = own.model;
  service.prepare = [&options, &own, key_file](const Request& request) {
    return openai::request(options, own, key_file, request);
  };
  service.parse = openai::parse;
  service.complaints = openai::complaint;
  service.largest = largest;
  return make_provider(std::move(service));
}

}  // namespace

std::unique_ptr<Provider> make_openai(const Options& options) {
  return make(options, options.openai, "openai", "stt.openai.api_key_file", kLargest);
}

std::unique_ptr<Provider> make_whisper(const Options& options) {
  return make(options, options.whisper, "whisper", "stt.whisper.api_key_file", kLargestSound);
}

}  // namespace srs::stt
