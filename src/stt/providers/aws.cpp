#include "stt/providers/aws.hpp"

#include "stt/aws_error.hpp"
#include "stt/crypto.hpp"
#include "stt/json.hpp"
#include "stt/providers/aws_signature.hpp"
#include "stt/providers/poll.hpp"

#include <utility>

namespace srs::stt {
namespace aws {
namespace {

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Outcome<Credentials> credentials_of(const AwsOptions& own) {
  auto id = secret_of(own.access_key_id, own.access_key_id_file, "stt.aws.access_key_id_file");
  if (!id) return id.error();
  auto secret = secret_of(own.secret_access_key, own.secret_access_key_file,
                          "stt.aws.secret_access_key_file");
  if (!secret) return secret.error();
  auto token = secret_of(own.session_token, own.session_token_file, "stt.aws.session_token_file");
  if (!token) return token.error();
  return Credentials{std::move(*id), std::move(*secret), std::move(*token)};
}

std::string bucket_url(const AwsOptions& own) {
  return own.storage_url.empty() ? "https://" + own.bucket + ".s3." + own.region + ".amazonaws.com"
                                 : own.storage_url;
}

Outcome<HttpRequest> object_request(const Options& options, const Request& request,
                                    const char* method, const std::string& body, Time now) {
  const auto& own = options.aws;
  const auto credentials = credentials_of(own);
  if (!credentials) return credentials.error();
  HttpRequest out{
      .method = method,
      .url = with_path(bucket_url(own), "/" + percent_encoded(object_of(own, request), "/"))};
  const auto digest = hex(sha256(body));
  out.headers = {{"X-Amz-Content-Sha256", digest}};
  if (!body.empty()) out.headers.emplace_back("Content-Type", "audio/wav");
  sign(out.headers, method, out.url, digest, *credentials, own.region, "s3", now);
  if (!body.empty()) out.body = body;
  return out;
}

Outcome<HttpRequest> call(const Options& options, std::string_view name, const Json& json,
                          Time now) {
  const auto& own = options.aws;
  const auto credentials = credentials_of(own);
  if (!credentials) return credentials.error();
  const auto base =
      own.url.empty() ? "https://transcribe." + own.region + ".amazonaws.com" : own.url;
  HttpRequest out{.method = "POST", .url = with_path(base, "/")};
  const auto body = dumped(json);
  out.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                 {"X-Amz-Target", "Transcribe." + std::string(name)}};
  sign(out.headers, "POST", out.url, hex(sha256(body)), *credentials, own.region, "transcribe",
       now);
  out.body = body;
  return out;
}

// What was made there beforehand.
Json settings_of(const AwsOptions& own) {
  Json settings = Json::object();
  if (!own.vocabulary_name.empty()) settings["VocabularyName"] = own.vocabulary_name;
  if (!own.vocabulary_filter_name.empty()) {
    settings["VocabularyFilterName"] = own.vocabulary_filter_name;
    settings["VocabularyFilterMethod"] = "mask";
  }
  return settings;
}

}  // namespace

std::string object_of(const AwsOptions& own, const Request& request) {
  return own.prefix + request.idempotency_key + ".wav";
}

Outcome<HttpRequest> upload_request(const Options& options, const Request& request, Time now) {
  return object_request(options, request, "PUT", request.sound.wav, now);
}

Outcome<HttpRequest> remove_request(const Options& options, const Request& request, Time now) {
  return object_request(options, request, "DELETE", "", now);
}

Outcome<HttpRequest> start_request(const Options& options, const Request& request,
                                   const std::string& job, Time now) {
  Json json{
      {"TranscriptionJobName", job},
      {"MediaFormat", "wav"},
      {"MediaSampleRateHertz", request.sound.sample_rate},
      {"Media",
       {{"MediaFileUri", "s3://" + options.aws.bucket + "/" + object_of(options.aws, request)}}}};
  if (request.language.empty())
    json["IdentifyLanguage"] = true;
  else
    json["LanguageCode"] = request.language;
  // They hold for one language each, so none of them where it has to be found out.
  if (auto settings = settings_of(options.aws); !settings.empty() && !request.language.empty())
    json["Settings"] = std::move(settings);
  if (const auto& pii = pii_of(options, options.aws.pii); !pii.empty())
    json["ContentRedaction"] = {
        {"RedactionType", "PII"}, {"RedactionOutput", "redacted"}, {"PiiEntityTypes", pii}};
  return call(options, "StartTranscriptionJob", json, now);
}

Outcome<HttpRequest> job_request(const Options& options, std::string_view name,
                                 const std::string& job, Time now) {
  return call(options, name, {{"TranscriptionJobName", job}}, now);
}

std::optional<Complaint> complaint(int status, std::string_view body) {
  auto out = common_complaint(status, body);
  const auto error = aws_error_of(body);
  if (!error) return out;
  if (!out) out = Complaint{error->message};
  out->code = error->type;
  out->words.insert(0, error->type + ": ");
  if (status == 400) out->reason = reason_of(*error);
  return out;
}

Outcome<std::optional<std::string>> parse_status(std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return not_json(body);
  const auto& job = member(*json, "TranscriptionJob");
  const auto status = text_of(job, "TranscriptionJobStatus");
  if (status == "QUEUED" || status == "IN_PROGRESS") return std::optional<std::string>();
  if (status == "FAILED")
    return Failure{Reason::Rejected,
                   "the provider gave up: " + text_of(job, "FailureReason").substr(0, 200)};
  const auto& transcript = member(job, "Transcript");
  auto uri = text_of(transcript, "RedactedTranscriptFileUri");
  if (uri.empty()) uri = text_of(transcript, "TranscriptFileUri");
  if (status != "COMPLETED" || uri.empty())
    return Failure{Reason::BadAnswer, "the answer has no status that is known"};
  return std::optional<std::string>(std::move(uri));
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  const auto& results = member(*json, "results");
  const auto& transcripts = elements(results, "transcripts");
  const auto text = transcripts.empty() ? "" : text_of(transcripts.front(), "transcript");
  if (!member(results, "items").is_array() && text.empty())
    return Failure{Reason::BadAnswer, "the transcript has no `results.items`"};
  std::vector<Word> words;
  for (const auto& item : elements(results, "items")) {
    const auto& alternatives = elements(item, "alternatives");
    if (alternatives.empty()) continue;
    const auto content = text_of(alternatives.front(), "content");
    if (text_of(item, "type") == "punctuation") {
      if (!words.empty()) words.back().text += content;
      continue;
    }
    const auto start = seconds_or(item, "start_time", Millis(0));
    words.push_back({content, start, seconds_or(item, "end_time", start),
                     number_of(alternatives.front(), "confidence")});
  }
  Answer answer;
  answer.language = text_of(results, "language_code");
  answer.segments = segments_of(std::move(words), 0);
  keep_text(answer, 0, text, is_listed(member(results, "items")));
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

}  // namespace aws

namespace {

class Aws : public Provider {
 public:
  explicit Aws(const Options& options) : options_(options) {}
  std::string_view name() const override { return "aws"; }
  ReadComplaint complaints() const override { return aws::complaint; }

  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    // A name that was kept may be one of a job that was never begun: a crash came between.
    bool begun = exchange.is_to_submit();
    if (begun) {
      const auto named = co_await upload(request, exchange);
      if (!named) co_return named.error();
      const auto started = co_await start(request, exchange);
      if (!started) co_return started.error();
    }
    std::string uri;
    const auto status = [&]() -> boost::asio::awaitable<Outcome<bool>> {
      auto parsed = co_await exchange.ask(
          [&] { return aws::job_request(options_, "GetTranscriptionJob", exchange.remote, now()); },
          aws::parse_status);
      if (!parsed && parsed.error().reason == Reason::Refused && !std::exchange(begun, true)) {
        auto started = co_await start(request, exchange);
        if (!started) co_return started.error();
        co_return false;
      }
      if (!parsed) co_return parsed.error();
      uri = parsed->value_or("");
      co_return !uri.empty();
    };
    const auto done = co_await wait_for_job(exchange, status, patience(request.sound.length));
    if (!done) co_return done.error();
    co_return co_await fetch(uri, exchange);
  }

  // What fails here is left to the bucket's life-cycle rule.
  boost::asio::awaitable<void> forget(const Request& request, Exchange& exchange) override {
    const auto nothing = [](std::string_view) -> Outcome<bool> { return true; };
    if (!exchange.is_to_submit())
      (void)co_await exchange.ask(
          [&] {
            return aws::job_request(options_, "DeleteTranscriptionJob", exchange.remote, now());
          },
          nothing);
    co_await remove(request, exchange);
  }

 private:
  static aws::Time now() { return std::chrono::system_clock::now(); }

  static boost::asio::awaitable<Outcome<Answer>> fetch(std::string uri, Exchange& exchange) {
    // Signed by its query; our own signature would be refused.
    co_return co_await exchange.ask(
        [&]() -> Outcome<HttpRequest> { return HttpRequest{.method = "GET", .url = uri}; },
        aws::parse);
  }

  // And keeps the name of the job: begun before that, it would be begun, and paid for, once more
  // after a crash.
  boost::asio::awaitable<Outcome<bool>> upload(const Request& request, Exchange& exchange) {
    const auto nothing = [](std::string_view) -> Outcome<bool> { return true; };
    const auto uploaded = co_await exchange.ask(
        [&] { return aws::upload_request(options_, request, now()); }, nothing);
    co_await exchange.keep_upload(uploaded);
    if (!uploaded) co_return uploaded.error();
    // Names are taken once and for all: another try needs another one.
    const auto job = "siprec-" + request.idempotency_key + "-" +
                     std::to_string(now().time_since_epoch() / std::chrono::milliseconds(1));
    co_await exchange.keep(job);
    co_return true;
  }

  boost::asio::awaitable<Outcome<bool>> start(const Request& request, Exchange& exchange) {
    const auto nothing = [](std::string_view) -> Outcome<bool> { return true; };
    const auto started = co_await exchange.ask(
        [&] { return aws::start_request(options_, request, exchange.remote, now()); }, nothing);
    // An earlier try got through, and its answer did not.
    if (!started && started.error().code == "ConflictException") co_return true;
    if (started) co_return true;
    const auto reason = started.error().reason;
    // Another provider will be asked: nothing of the call stays here.
    if (remedy_of(reason) == Remedy::Never) {
      co_await remove(request, exchange);
      co_await exchange.keep("");
    }
    // It was told, and has not begun it.
    if (reason == Reason::RateLimited) co_await exchange.keep(std::string(kUploaded));
    co_return started.error();
  }

  boost::asio::awaitable<void> remove(const Request& request, Exchange& exchange) {
    const auto nothing = [](std::string_view) -> Outcome<bool> { return true; };
    (void)co_await exchange.ask([&] { return aws::remove_request(options_, request, now()); },
                                nothing);
  }

  const Options& options_;
};

}  // namespace

std::unique_ptr<Provider> make_aws(const Options& options) {
  return std::make_unique<Aws>(options);
}

}  // namespace srs::stt
