// https://developers.deepgram.com/reference/speech-to-text/listen-streaming
#include "stt/providers/deepgram.hpp"

#include "stt/json.hpp"
#include "stt/live/protocol.hpp"

#include <srs/util/text.hpp>

namespace srs::stt {
namespace {

// `https://host` -> `wss://host`: one setting for both ways.
std::string websocket_url(std::string url) {
  if (istarts_with(url, "http")) url.replace(0, 4, "ws");
  return url;
}

std::vector<Word> words_of(const Json& alternative) {
  std::vector<Word> words;
  for (const auto& entry : elements(alternative, "words")) {
    auto word = text_of(entry, "punctuated_word");
    if (word.empty()) word = text_of(entry, "word");
    const auto start = seconds_or(entry, "start", Millis(0));
    words.push_back(
        {std::move(word), start, seconds_or(entry, "end", start), number_of(entry, "confidence")});
  }
  return words;
}

class DeepgramLive : public LiveProtocol {
 public:
  explicit DeepgramLive(const Options& options) : options_(options) {}

  std::string url(std::uint32_t sample_rate, const std::string& language) const override {
    std::vector<std::pair<std::string, std::string>> values = {
        {"model", options_.deepgram.model},
        {"encoding", "linear16"},
        {"sample_rate", std::to_string(sample_rate)},
        {"channels", "1"},
        {"interim_results", "true"},
        {"punctuate", "true"}};
    if (options_.profanity_filter) values.emplace_back("profanity_filter", "true");
    for (const auto& kind : pii_of(options_, options_.deepgram.pii))
      values.emplace_back("redact", kind);
    if (!language.empty())
      values.emplace_back("language", deepgram::language_code(language));
    else if (hears_several_languages())
      values.emplace_back("language", "multi");
    const bool keyterms = options_.deepgram.model.starts_with("nova-3");
    for (const auto& word : options_.vocabulary)
      values.emplace_back(keyterms ? "keyterm" : "keywords", word);
    return with_path(websocket_url(options_.deepgram.url), "/v1/listen?" + query(values));
  }
  Outcome<WebSocket::Headers> headers() const override {
    const auto& own = options_.deepgram;
    auto key = secret_of(own.api_key, own.api_key_file, "stt.deepgram.api_key_file");
    if (!key) return key.error();
    return WebSocket::Headers{{"Authorization", "Token " + *key}};
  }
  std::filesystem::path authorities() const override { return options_.ca_file; }
  ReadComplaint complaints() const override { return deepgram::complaint; }
  std::string farewell() const override { return R"({"type":"CloseStream"})"; }
  std::string keep_alive() const override { return R"({"type":"KeepAlive"})"; }

  std::optional<Utterance> read(const Json& message) const override {
    if (text_of(message, "type") != "Results") return std::nullopt;
    const auto& alternatives = elements(member(message, "channel"), "alternatives");
    if (alternatives.empty()) return std::nullopt;
    const auto& best = alternatives.front();
    auto text = text_of(best, "transcript");
    if (text.empty()) return std::nullopt;
    const auto& final = member(message, "is_final");
    Utterance utterance{segment_of(words_of(best), std::move(text)),
                        final.is_boolean() && final.get<bool>()};
    auto& segment = utterance.segment;
    if (segment.words.empty()) {
      segment.start = seconds_or(message, "start", Millis(0));
      segment.end = segment.start + seconds_or(message, "duration", Millis(0));
    }
    segment.confidence = number_of(best, "confidence");
    return utterance;
  }
  bool is_last(const Json& message) const override {
    return text_of(message, "type") == "Metadata";
  }

 private:
  // Without a word about it they hear English in all that is said live: nothing is detected there
  // (https://developers.deepgram.com/docs/multilingual-code-switching). What they mask is English.
  bool hears_several_languages() const {
    const auto& model = options_.deepgram.model;
    return pii_of(options_, options_.deepgram.pii).empty() &&
           (model == "nova-2" || model == "nova-2-general" || model == "nova-3" ||
            model == "nova-3-general");
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<LiveProtocol> make_deepgram_protocol(const Options& options) {
  return std::make_unique<DeepgramLive>(options);
}

}  // namespace srs::stt
