#include "tracing/metrics_push.hpp"

#include "tracing/otlp_metrics.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace srs::tracing {

namespace asio = boost::asio;

MetricsPush::MetricsPush(asio::any_io_executor executor, HttpClient& http, Endpoint endpoint,
                         Resource resource, std::chrono::seconds interval, Tracing::Collect collect,
                         Tracing::Taken taken, Figures& figures, log::Logger log)
    : endpoint_(std::move(endpoint)),
      resource_(std::move(resource)),
      interval_(interval),
      collect_(std::move(collect)),
      taken_(std::move(taken)),
      figures_(figures),
      sender_(executor, http, "newrelic_metrics", figures, std::move(log)),
      timer_(std::move(executor)) {}

asio::awaitable<void> MetricsPush::run(std::shared_ptr<MetricsPush> self) {
  auto due = asio::steady_timer::clock_type::now();
  while (!self->stopped_) {
    due = std::max(due + self->interval_, asio::steady_timer::clock_type::now());
    self->timer_.expires_at(due);
    if (!self->last_) co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (self->stopped_) break;
    const bool last = self->last_;
    co_await self->send();
    if (last) break;
  }
  self->finished_ = true;
  if (self->on_finished_) self->on_finished_();
}

void MetricsPush::finish(std::function<void()> done) {
  last_ = true;
  on_finished_ = std::move(done);
  sender_.hurry();
  timer_.cancel();
}

asio::awaitable<void> MetricsPush::send() {
  const auto now = wall_now();
  const auto standing = collect_();
  // The clock may have been set back.
  auto request =
      post(endpoint_, "application/x-protobuf",
           encode_metrics(resource_, deltas_.since_taken(standing), std::min(since_, now), now));
  const auto outcome = co_await sender_.send(std::move(request));
  if (!outcome.taken) co_return;
  deltas_.taken(standing);
  since_ = now;
  figures_.metrics_exported();
  if (taken_) taken_();
}

void MetricsPush::stop() {
  stopped_ = true;
  sender_.stop();
  timer_.cancel();
}

}  // namespace srs::tracing
