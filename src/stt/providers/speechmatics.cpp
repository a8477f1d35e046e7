#include "stt/providers/speechmatics.hpp"

#include "stt/json.hpp"
#include "stt/language.hpp"
#include "stt/providers/poll.hpp"

namespace srs::stt {
namespace speechmatics {
namespace {

Outcome<HttpRequest> begin(const Options& options, const char* method, const std::string& path) {
  const auto& own = options.speechmatics;
  auto key = secret_of(own.api_key, own.api_key_file, "stt.speechmatics.api_key_file");
  if (!key) return key.error();
  HttpRequest out{.method = method, .url = with_path(own.url, path)};
  out.headers = {{"Authorization", "Bearer " + *key}, {"Accept", "application/json"}};
  return out;
}

// https://docs.speechmatics.com/speech-to-text/languages: ISO 639-3 where Chinese is meant.
std::string language_code(std::string_view tag) {
  const auto language = primary_language(tag);
  return language == "zh" ? "cmn" : language;
}

std::string config(const Options& options, const Request& request) {
  Json transcription{
      {"language", request.language.empty() ? "auto" : language_code(request.language)},
      {"operating_point", options.speechmatics.operating_point}};
  for (const auto& word : options.vocabulary)
    transcription["additional_vocab"].push_back({{"content", word}});
  const Json json{{"type", "transcription"}, {"transcription_config", std::move(transcription)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Outcome<HttpRequest> submit_request(const Options& options, const Request& request) {
  auto out = begin(options, "POST", "/jobs");
  if (!out) return out;
  std::vector<HttpPart> form;
  form.push_back({"config", config(options, request), "", ""});
  form.push_back({"data_file", request.sound.wav, "audio.wav", "audio/wav"});
  out->body = std::move(form);
  return out;
}

Outcome<HttpRequest> status_request(const Options& options, const std::string& id) {
  return begin(options, "GET", "/jobs/" + percent_encoded(id));
}

Outcome<HttpRequest> transcript_request(const Options& options, const std::string& id) {
  return begin(options, "GET", "/jobs/" + percent_encoded(id) + "/transcript?format=json-v2");
}

Outcome<HttpRequest> delete_request(const Options& options, const std::string& id) {
  return begin(options, "DELETE", "/jobs/" + percent_encoded(id));
}

Outcome<std::string> parse_id(std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return not_json(body);
  auto id = text_of(*json, "id");
  if (id.empty()) return Failure{Reason::BadAnswer, "the answer has no `id`"};
  return Outcome<std::string>(boost::system::in_place_value, std::move(id));
}

Outcome<bool> parse_status(std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return not_json(body);
  const auto& job = member(*json, "job");
  const auto status = text_of(job, "status");
  if (status == "running") return false;
  if (status == "done") return true;
  if (status.empty()) return Failure{Reason::BadAnswer, "the answer has no `job.status`"};
  Failure failure{Reason::Rejected, "the job was " + status.substr(0, 50)};
  for (const auto& error : elements(job, "errors"))
    failure.text += ": " + text_of(error, "message").substr(0, 200);
  return failure;
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  if (!member(*json, "results").is_array())
    return Failure{Reason::BadAnswer, "the answer has no `results`"};
  std::vector<Word> words;
  Answer answer;
  for (const auto& result : elements(*json, "results")) {
    const auto& alternatives = elements(result, "alternatives");
    if (alternatives.empty()) continue;
    const auto content = text_of(alternatives.front(), "content");
    if (answer.language.empty()) answer.language = text_of(alternatives.front(), "language");
    if (text_of(result, "type") == "punctuation") {
      if (!words.empty() && text_of(result, "attaches_to") != "next") words.back().text += content;
      continue;
    }
    const auto start = seconds_or(result, "start_time", Millis(0));
    words.push_back({content, start, seconds_or(result, "end_time", start),
                     number_of(alternatives.front(), "confidence")});
  }
  answer.segments = segments_of(std::move(words), 0);
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

}  // namespace speechmatics

namespace {

class Speechmatics : public Provider {
 public:
  explicit Speechmatics(const Options& options) : options_(options) {}
  std::string_view name() const override { return "speechmatics"; }
  std::string model() const override { return options_.speechmatics.operating_point; }
  std::uint64_t largest() const override { return 999'000'000; }  // of 1 GB, with the form

  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    if (exchange.remote.empty()) {
      const auto id = co_await exchange.ask(
          [&] { return speechmatics::submit_request(options_, request); }, speechmatics::parse_id);
      if (!id) co_return id.error();
      co_await exchange.keep(*id);
    }
    const auto status = [&]() -> boost::asio::awaitable<Outcome<bool>> {
      co_return co_await exchange.ask(
          [&] { return speechmatics::status_request(options_, exchange.remote); },
          speechmatics::parse_status);
    };
    const auto done = co_await wait_for_job(exchange, status, patience(request.sound.length));
    if (!done) co_return done.error();
    co_return co_await exchange.ask(
        [&] { return speechmatics::transcript_request(options_, exchange.remote); },
        speechmatics::parse);
  }

  // The job with its words and audio.
  boost::asio::awaitable<void> forget(const Request&, Exchange& exchange) override {
    (void)co_await exchange.ask(
        [&] { return speechmatics::delete_request(options_, exchange.remote); },
        [](std::string_view) -> Outcome<bool> { return true; });
  }

 private:
  const Options& options_;
};

}  // namespace

std::unique_ptr<Provider> make_speechmatics(const Options& options) {
  return std::make_unique<Speechmatics>(options);
}

}  // namespace srs::stt
