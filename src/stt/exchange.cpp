#include "stt/exchange.hpp"

#include "stt/backoff.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

// The provider's own words, wherever its kind of error keeps them; bounded, on one line.
Complaint complaint_of(const HttpResponse& response, ReadComplaint read) {
  const auto body = std::string_view(response.body).substr(0, 64 << 10);
  auto complaint = read(response.status, body)
                       .value_or(Complaint{body.find('<') == std::string_view::npos
                                               ? to_utf8(body)
                                               : "a page of markup instead of JSON"});
  auto& words = complaint.words;
  for (auto& c : words)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  if (words.size() > 200) words = to_utf8(words.substr(0, 200)) + "...";
  return complaint;
}

Reason reason_of(int status) {
  if (status == 401 || status == 403) return Reason::Auth;
  if (status == 402) return Reason::Quota;
  if (status == 408) return Reason::Timeout;
  if (status == 429 || status == 425) return Reason::RateLimited;
  return status >= 500 ? Reason::Server : Reason::Refused;
}

bool is_secret_header(std::string_view name) {
  for (const auto* known : {"authorization", "api-key", "xi-api-key", "ocp-apim-subscription-key",
                            "x-amz-security-token", "x-siprec-signature"})
    if (iequals(name, known)) return true;
  return false;
}

}  // namespace

void Cancellation::cancel() {
  cancelled_ = true;
  http_.cancel();
  if (auto action = std::exchange(action_, nullptr)) action();
}

void Cancellation::leave() {
  leaving_ = true;
  if (!may_leave_) return;
  if (auto action = std::exchange(action_, nullptr)) action();
}

Exchange::Exchange(HttpClient& http, WorkerPool& workers, const Options& options,
                   std::shared_ptr<Cancellation> cancellation)
    : http_(http), workers_(workers), options_(options), cancellation_(std::move(cancellation)) {}

boost::asio::awaitable<Outcome<HttpResponse>> Exchange::send(HttpRequest request) {
  if (cancelled()) co_return Failure{Reason::Cancelled, "cancelled"};
  request.timeout = options_.timeout;
  request.max_response_bytes = options_.max_answer;
  request.cancellation = cancellation_->http();
  if (request.ca_file.empty()) request.ca_file = options_.ca_file;
  if (!traceparent.empty()) request.headers.emplace_back("traceparent", traceparent);
  const auto headers = request.headers;
  auto outcome = co_await http_.fetch(std::move(request));
  if (cancelled()) co_return Failure{Reason::Cancelled, "cancelled"};
  if (!outcome) co_return failure_of(outcome.error());
  if (auto failure = judge(*outcome, std::chrono::system_clock::now(), read_complaint)) {
    failure->text = without_secrets(std::move(failure->text), headers);
    co_return std::move(*failure);
  }
  co_return std::move(*outcome);
}

boost::asio::awaitable<void> Exchange::keep(std::string name) {
  remote = std::move(name);
  co_await remember(remote);
}

boost::asio::awaitable<bool> Exchange::pause(std::chrono::milliseconds time) {
  if (cancelled()) co_return false;
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, time);
  cancellation_->on_cancel([&timer] { timer.cancel(); });
  boost::system::error_code ignored;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  cancellation_->on_cancel({});
  co_return !cancelled();
}

boost::asio::awaitable<bool> Exchange::pause_before_poll(std::chrono::milliseconds time) {
  if (leaving()) co_return false;
  cancellation_->may_leave_ = true;
  const bool paused = co_await pause(time);
  cancellation_->may_leave_ = false;
  co_return paused && !leaving();
}

std::optional<Failure> judge(const HttpResponse& response,
                             std::chrono::system_clock::time_point now, ReadComplaint read) {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  auto complaint = complaint_of(response, read);
  Failure failure{complaint.reason.value_or(reason_of(response.status)),
                  "HTTP " + std::to_string(response.status)};
  if (!complaint.words.empty()) failure.text += ": " + complaint.words;
  failure.code = std::move(complaint.code);
  if (response.status >= 300 && response.status < 400)
    failure.text += ": redirections are not followed, configure the final URL";
  failure.retry_after = retry_after(response.header("Retry-After"), now);
  return failure;
}

Failure failure_of(const HttpFailure& failure) {
  using Kind = HttpFailure::Kind;
  const auto reason = [&] {
    switch (failure.kind) {
      case Kind::Resolve:
      case Kind::Connect:
        return Reason::Connect;
      case Kind::Tls:
        return Reason::Tls;
      case Kind::Timeout:
        return Reason::Timeout;
      case Kind::Reset:
      case Kind::Protocol:
        return Reason::Reset;
      case Kind::TooLarge:
        return Reason::TooLarge;
      case Kind::Cancelled:
        return Reason::Cancelled;
      case Kind::InvalidUrl:
      case Kind::InvalidRequest:
        return Reason::Refused;
      case Kind::File:
        return Reason::Audio;
      case Kind::Busy:
        return Reason::Busy;
    }
    return Reason::Reset;
  }();
  if (reason == Reason::TooLarge) return {reason, "the answer is larger than stt.max_answer"};
  return {reason, failure.text};
}

std::string without_secrets(std::string text, const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_secret_header(name)) continue;
    const auto secret = value.substr(value.rfind(' ') + 1);
    if (secret.size() < 6) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
      text.replace(at, secret.size(), "****");
  }
  return text;
}

}  // namespace srs::stt
