// https://github.com/alphacep/vosk-server: a configuration, PCM, and `{"eof" : 1}`; `partial` while
// somebody speaks, `result` and `text` after a pause.
#include "stt/json.hpp"
#include "stt/live/protocol.hpp"

namespace srs::stt {
namespace {

std::vector<Word> words_of(const Json& json) {
  std::vector<Word> words;
  for (const auto& entry : elements(json, "result")) {
    const auto start = seconds_or(entry, "start", Millis(0));
    words.push_back(
        {text_of(entry, "word"), start, seconds_or(entry, "end", start), number_of(entry, "conf")});
  }
  return words;
}

class Vosk : public LiveProtocol {
 public:
  explicit Vosk(const Options& options) : options_(options) {}

  // A server has one model, and with it one language.
  std::string url(std::uint32_t, const std::string&) const override { return options_.vosk.url; }
  std::filesystem::path authorities() const override {
    return options_.vosk.ca_file.empty() ? options_.ca_file : options_.vosk.ca_file;
  }
  std::string greeting(std::uint32_t sample_rate) const override {
    Json config{{"sample_rate", sample_rate}, {"words", true}};
    if (!options_.vocabulary.empty()) config["phrase_list"] = options_.vocabulary;
    return Json{{"config", std::move(config)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  std::string farewell() const override { return R"({"eof" : 1})"; }

  std::optional<Utterance> read(const Json& message) const override {
    if (auto partial = text_of(message, "partial"); !partial.empty())
      return Utterance{segment_of({}, std::move(partial)), false};
    auto text = text_of(message, "text");
    if (text.empty()) return std::nullopt;
    return Utterance{segment_of(words_of(message), std::move(text)), true};
  }
  // The answer to eof is a final result like any other; the server closes after it.
  bool is_last(const Json&) const override { return false; }

 private:
  const Options& options_;
};

}  // namespace

std::unique_ptr<LiveProtocol> make_vosk_protocol(const Options& options) {
  return std::make_unique<Vosk>(options);
}

}  // namespace srs::stt
