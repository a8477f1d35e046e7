#include "stt/providers/google.hpp"

#include "stt/files.hpp"
#include "stt/providers/poll.hpp"

#include <ctime>
#include <utility>

namespace srs::stt {
namespace {

class Google : public Provider {
 public:
  explicit Google(const Options& options) : options_(options) {}
  std::string_view name() const override { return "google"; }
  std::string model() const override { return google::model_of(options_.google); }
  // What may be in a request itself is a minute; longer pieces have to lie in a bucket.
  Millis longest() const override {
    return options_.google.bucket.empty() ? std::chrono::seconds(55) : std::chrono::hours(4);
  }

  // 10 MB, as base64.
  std::uint64_t largest() const override {
    return options_.google.bucket.empty() ? 7'000'000 : kLargestSound;
  }

  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    auto account = co_await load_account(exchange);
    if (!account) co_return account.error();
    const auto token = co_await get_token(*account, exchange);
    if (!token) co_return token.error();
    if (!options_.google.bucket.empty())
      co_return co_await long_running(request, exchange, *account, *token);
    co_return co_await exchange.ask(
        [&] { return google::request(options_, request, *account, *token, ""); }, google::parse);
  }

  // The object; of an operation they keep nothing for long.
  boost::asio::awaitable<void> forget(const Request& request, Exchange& exchange) override {
    if (options_.google.bucket.empty()) co_return;
    const auto account = co_await load_account(exchange);
    if (account) co_await remove(request, exchange, *account);
  }

 private:
  boost::asio::awaitable<Outcome<google::Account>> load_account(Exchange& exchange) {
    co_return co_await exchange.work([&]() -> Outcome<google::Account> {
      const auto text = read_text(options_.google.credentials, 64 << 10);
      if (!text) return Failure{Reason::Auth, text.error().text};
      return google::parse_account(*text);
    });
  }

  boost::asio::awaitable<Outcome<std::string>> get_token(const google::Account& account,
                                                         Exchange& exchange) {
    if (!token_.empty() && account.email == token_of_ &&
        std::chrono::steady_clock::now() < token_until_)
      co_return Outcome<std::string>(boost::system::in_place_value, token_);
    const auto token = co_await exchange.ask(
        [&] { return google::token_request(account, std::time(nullptr)); }, google::parse_token);
    if (!token) {
      auto failure = token.error();
      // Their token server says 400 to keys that it does not like.
      if (failure.reason == Reason::Refused) failure.reason = Reason::Auth;
      co_return failure;
    }
    token_ = token->value;
    token_of_ = account.email;
    token_until_ = std::chrono::steady_clock::now() + token->lasts - std::chrono::minutes(1);
    co_return Outcome<std::string>(boost::system::in_place_value, token_);
  }

  std::string object_of(const Request& request) const {
    return "siprec-" + request.idempotency_key + ".wav";
  }

  boost::asio::awaitable<Outcome<Answer>> long_running(const Request& request, Exchange& exchange,
                                                       const google::Account& account,
                                                       const std::string& token) {
    const auto& own = options_.google;
    const auto uri = "gs://" + own.bucket + "/" + object_of(request);
    const HttpHeaders authorized = {{"Authorization", "Bearer " + token}};
    if (exchange.is_to_submit()) {
      HttpRequest upload{
          .method = "POST",
          .url = with_path(own.storage_url,
                           "/upload/storage/v1/b/" + percent_encoded(own.bucket) + "/o?" +
                               query({{"uploadType", "media"}, {"name", object_of(request)}}))};
      upload.headers = authorized;
      upload.headers.emplace_back("Content-Type", "audio/wav");
      upload.body = request.sound.wav;
      const auto uploaded = co_await exchange.send(std::move(upload));
      co_await exchange.keep_upload(uploaded);
      if (!uploaded) co_return uploaded.error();
      const auto operation = co_await exchange.ask(
          [&] { return google::request(options_, request, account, token, uri); },
          google::parse_operation);
      if (!operation) {
        if (remedy_of(operation.error().reason) == Remedy::Never) {
          co_await remove(request, exchange, account);
          co_await exchange.keep("");
        }
        co_return operation.error();
      }
      co_await exchange.keep(*operation);
    }
    std::optional<Answer> answer;
    const auto status = [&]() -> boost::asio::awaitable<Outcome<bool>> {
      const auto fresh = co_await get_token(account, exchange);
      if (!fresh) co_return fresh.error();
      auto parsed = co_await exchange.ask(
          [&] { return google::status_request(options_, *fresh, exchange.remote); },
          google::parse_status);
      if (!parsed) co_return parsed.error();
      answer = std::move(*parsed);
      co_return answer.has_value();
    };
    const auto done = co_await wait_for_job(exchange, status, patience(request.sound.length));
    if (!done) co_return done.error();
    co_return std::move(*answer);
  }

  // Best effort: what is left is the bucket's life-cycle rule's. The token may have expired
  // meanwhile.
  boost::asio::awaitable<void> remove(const Request& request, Exchange& exchange,
                                      const google::Account& account) {
    const auto& own = options_.google;
    const auto token = co_await get_token(account, exchange);
    if (!token) co_return;
    HttpRequest out{
        .method = "DELETE",
        .url = with_path(own.storage_url, "/storage/v1/b/" + percent_encoded(own.bucket) + "/o/" +
                                              percent_encoded(object_of(request)))};
    out.headers = {{"Authorization", "Bearer " + *token}};
    (void)co_await exchange.send(std::move(out));
  }

  const Options& options_;
  std::string token_;
  std::string token_of_;
  std::chrono::steady_clock::time_point token_until_{};
};

}  // namespace

std::unique_ptr<Provider> make_google(const Options& options) {
  return std::make_unique<Google>(options);
}

}  // namespace srs::stt
