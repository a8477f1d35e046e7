#include "tracing/outbox.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace srs::tracing {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMaxQueueBytes = 16 << 20;
constexpr std::size_t kMaxBatchBytes = 512 << 10;  // New Relic takes a million at once

}  // namespace

Outbox::Outbox(asio::any_io_executor executor, HttpClient& http, std::unique_ptr<Exporter> exporter,
               const Options& options, Figures& figures, log::Logger log)
    : exporter_(std::move(exporter)),
      options_(options),
      figures_(figures),
      sender_(executor, http, std::string(exporter_->name()), figures, std::move(log)),
      timer_(std::move(executor)) {
  figures_.announce(sender_.name());
}

void Outbox::push(std::shared_ptr<const SpanData> span) {
  const auto size = span->size();
  if (stopped_ || queue_.size() >= options_.queue_size || bytes_ + size > kMaxQueueBytes) {
    figures_.dropped(sender_.name(), stopped_ ? kShutdown : kQueueFull, 1);
    return;
  }
  bytes_ += size;
  queue_.push_back(std::move(span));
  // The first begins the delay, a full batch ends it.
  if (!sending_ && (queue_.size() == 1 || queue_.size() == options_.batch_size || hurried_)) {
    timer_.cancel();
  }
}

asio::awaitable<void> Outbox::run(std::shared_ptr<Outbox> self) {
  while (!self->stopped_) {
    co_await self->gather();
    if (!self->stopped_ && !self->queue_.empty()) co_await self->send();
  }
  self->figures_.dropped(self->sender_.name(), kShutdown, std::exchange(self->queue_, {}).size());
}

// Woken when there is a first span; then waits for others until the batch is full or due.
asio::awaitable<void> Outbox::gather() {
  if (queue_.empty()) {
    timer_.expires_at(asio::steady_timer::time_point::max());
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  const auto due = asio::steady_timer::clock_type::now() + options_.batch_delay;
  while (!stopped_ && !hurried_ && !queue_.empty() && queue_.size() < options_.batch_size) {
    timer_.expires_at(due);
    const auto [error] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!error) break;
  }
}

asio::awaitable<void> Outbox::send() {
  sending_ = true;
  const auto batch = take_batch();
  auto request = exporter_->request(batch);
  const auto outcome = co_await sender_.send(std::move(request));
  if (outcome.taken) {
    const auto rejected = std::min<std::uint64_t>(exporter_->rejected(outcome.body), batch.size());
    figures_.exported(sender_.name(), batch.size() - rejected);
    figures_.dropped(sender_.name(), kRejected, rejected);
  } else {
    figures_.dropped(sender_.name(), outcome.lost, batch.size());
  }
  sending_ = false;
  if (queue_.empty() && on_idle_) on_idle_();
}

Spans Outbox::take_batch() {
  Spans batch;
  std::size_t bytes = 0;
  while (!queue_.empty() && batch.size() < options_.batch_size) {
    const auto size = queue_.front()->size();
    if (!batch.empty() && bytes + size > kMaxBatchBytes) break;
    bytes += size;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  bytes_ -= bytes;
  return batch;
}

void Outbox::hurry() {
  hurried_ = true;
  sender_.hurry();
  timer_.cancel();
}

void Outbox::stop() {
  stopped_ = true;
  sender_.stop();
  timer_.cancel();
}

}  // namespace srs::tracing
