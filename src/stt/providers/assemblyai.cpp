#include "stt/providers/assemblyai.hpp"

#include "stt/json.hpp"
#include "stt/language.hpp"
#include "stt/providers/poll.hpp"

namespace srs::stt {
namespace assemblyai {
namespace {

Outcome<HttpRequest> begin(const Options& options, const char* method, const std::string& path) {
  const auto& own = options.assemblyai;
  auto key = secret_of(own.api_key, own.api_key_file, "stt.assemblyai.api_key_file");
  if (!key) return key.error();
  HttpRequest out{.method = method, .url = with_path(own.url, path)};
  out.headers = {{"Authorization", *key}};
  return out;
}

// https://www.assemblyai.com/docs/pre-recorded-audio/set-language-manually: three kinds of English
// have names of their own, all other languages are without a region.
std::string language_code(std::string_view tag) {
  const auto listed = listed_language(tag, {"en-AU", "en-GB", "en-UK", "en-US"});
  if (listed == "en-AU") return "en_au";
  if (listed == "en-US") return "en_us";
  return listed.starts_with("en-") ? "en_uk" : listed;
}

std::vector<Word> read_words(const Json& json) {
  std::vector<Word> words;
  for (const auto& entry : elements(json, "words")) {
    const auto start = millis_or(entry, "start", Millis(0));
    words.push_back({text_of(entry, "text"), start, millis_or(entry, "end", start),
                     number_of(entry, "confidence")});
  }
  return words;
}

}  // namespace

Outcome<HttpRequest> upload_request(const Options& options, const Request& request) {
  auto out = begin(options, "POST", "/v2/upload");
  if (!out) return out;
  out->headers.emplace_back("Content-Type", "application/octet-stream");
  out->body = request.sound.wav;
  return out;
}

Outcome<HttpRequest> submit_request(const Options& options, const Request& request,
                                    const std::string& audio_url) {
  auto out = begin(options, "POST", "/v2/transcript");
  if (!out) return out;
  Json json{{"audio_url", audio_url}, {"punctuate", true}, {"format_text", true}};
  if (request.language.empty())
    json["language_detection"] = true;
  else
    json["language_code"] = language_code(request.language);
  // `speech_model` and `word_boost`, of older days, are refused with their newer models.
  if (!options.assemblyai.model.empty())
    json["speech_models"] = Json::array({options.assemblyai.model});
  if (!options.vocabulary.empty()) json["keyterms_prompt"] = options.vocabulary;
  if (options.profanity_filter) json["filter_profanity"] = true;
  if (const auto& pii = pii_of(options, options.assemblyai.pii); !pii.empty()) {
    json["redact_pii"] = true;
    json["redact_pii_policies"] = pii;
  }
  out->headers.emplace_back("Content-Type", "application/json");
  out->body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return out;
}

Outcome<HttpRequest> status_request(const Options& options, const std::string& id) {
  return begin(options, "GET", "/v2/transcript/" + percent_encoded(id));
}

Outcome<HttpRequest> delete_request(const Options& options, const std::string& id) {
  return begin(options, "DELETE", "/v2/transcript/" + percent_encoded(id));
}

Outcome<std::string> parse_text(std::string_view body, std::string_view name) {
  const auto json = parse_json(body);
  if (!json) return not_json(body);
  auto text = text_of(*json, name);
  if (text.empty())
    return Failure{Reason::BadAnswer, "the answer has no `" + std::string(name) + "`"};
  return Outcome<std::string>(boost::system::in_place_value, std::move(text));
}

Outcome<std::optional<Answer>> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  const auto status = text_of(*json, "status");
  if (status == "queued" || status == "processing") return std::optional<Answer>();
  if (status == "error")
    return Failure{Reason::Rejected,
                   "the provider gave up: " + text_of(*json, "error").substr(0, 200)};
  if (status != "completed")
    return Failure{Reason::BadAnswer, "the answer has no status that is known"};
  Answer answer;
  answer.language = text_of(*json, "language_code");
  answer.model = text_of(*json, "speech_model_used");
  if (answer.model.empty()) answer.model = text_of(*json, "speech_model");
  answer.segments = segments_of(read_words(*json), 0);
  keep_text(answer, 0, text_of(*json, "text"), is_listed(member(*json, "words")));
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return std::optional<Answer>(std::move(answer));
}

}  // namespace assemblyai

namespace {

class AssemblyAi : public Provider {
 public:
  explicit AssemblyAi(const Options& options) : options_(options) {}
  std::string_view name() const override { return "assemblyai"; }
  std::string model() const override { return options_.assemblyai.model; }

  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    if (exchange.remote.empty()) {
      const auto submitted = co_await submit(request, exchange);
      if (!submitted) co_return submitted.error();
    }
    std::optional<Answer> answer;
    const auto status = [&]() -> boost::asio::awaitable<Outcome<bool>> {
      auto parsed = co_await exchange.ask(
          [&] { return assemblyai::status_request(options_, exchange.remote); }, assemblyai::parse);
      if (!parsed) co_return parsed.error();
      answer = std::move(*parsed);
      co_return answer.has_value();
    };
    const auto done = co_await wait_for_job(exchange, status, patience(request.sound.length));
    if (!done) co_return done.error();
    co_return std::move(*answer);
  }

  // The words and the uploaded audio.
  boost::asio::awaitable<void> forget(const Request&, Exchange& exchange) override {
    (void)co_await exchange.ask(
        [&] { return assemblyai::delete_request(options_, exchange.remote); },
        [](std::string_view) -> Outcome<bool> { return true; });
  }

 private:
  boost::asio::awaitable<Outcome<bool>> submit(const Request& request, Exchange& exchange) {
    const auto url = co_await exchange.ask(
        [&] { return assemblyai::upload_request(options_, request); },
        [](std::string_view body) { return assemblyai::parse_text(body, "upload_url"); });
    if (!url) co_return url.error();
    const auto id = co_await exchange.ask(
        [&] { return assemblyai::submit_request(options_, request, *url); },
        [](std::string_view body) { return assemblyai::parse_text(body, "id"); });
    if (!id) co_return id.error();
    co_await exchange.keep(*id);
    co_return true;
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<Provider> make_assemblyai(const Options& options) {
  return std::make_unique<AssemblyAi>(options);
}

}  // namespace srs::stt
