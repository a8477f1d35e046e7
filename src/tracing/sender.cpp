#include "tracing/sender.hpp"

#include "tracing/retry.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace srs::tracing {

namespace asio = boost::asio;

Sender::Sender(asio::any_io_executor executor, HttpClient& http, std::string name, Figures& figures,
               log::Logger log)
    : http_(http),
      name_(std::move(name)),
      figures_(figures),
      log_(std::move(log)),
      timer_(std::move(executor)),
      random_(std::random_device{}()) {
  figures_.announce_failures(name_, all_reasons());
}

asio::awaitable<Sender::Outcome> Sender::send(HttpRequest request) {
  request.cancellation = cancellation_;
  for (unsigned attempt = 1;; ++attempt) {
    auto again = request;
    auto outcome = co_await http_.fetch(std::move(again));
    if (cancellation_.cancelled()) co_return Outcome{.lost = kShutdown};
    const auto verdict = judge(outcome);
    note(outcome, verdict == Verdict::Taken);
    if (verdict == Verdict::Taken) {
      co_return Outcome{.taken = true, .body = std::move(outcome->body)};
    }
    if (verdict == Verdict::Refused) co_return Outcome{.lost = kRejected};
    if (hurried_ || attempt == kMaxAttempts) co_return Outcome{.lost = kUnreachable};
    const double share = std::uniform_real_distribution<double>(0, 1)(random_);
    co_await pause(pause_after(attempt, outcome, wall_now(), share));
    if (cancellation_.cancelled()) co_return Outcome{.lost = kShutdown};
  }
}

asio::awaitable<void> Sender::pause(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Sender::note(const HttpOutcome& outcome, bool taken) {
  if (taken) {
    if (!std::exchange(told_, {}).empty()) log_.info("export_recovered", {{"exporter", name_}});
    return;
  }
  const auto reason = reason_of(outcome);
  figures_.failed(name_, reason);
  if (!told_.insert(reason).second) return;
  log_.warning("export_failed",
               {{"exporter", name_}, {"reason", reason}, {"error", text_of(outcome)}});
}

void Sender::hurry() {
  hurried_ = true;
  timer_.cancel();
}

void Sender::stop() {
  hurry();
  cancellation_.cancel();
}

}  // namespace srs::tracing
