// The spans that wait for one collector.
#pragma once

#include "tracing/exporter.hpp"
#include "tracing/sender.hpp"

#include <srs/tracing/options.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

namespace srs::tracing {

// Gathers spans until a batch is full or the oldest has waited long enough, and sends one batch at
// a time. Bounded in spans and in bytes: what comes to a full queue is dropped and counted.
class Outbox {
 public:
  Outbox(boost::asio::any_io_executor executor, HttpClient& http,
         std::unique_ptr<Exporter> exporter, const Options& options, Figures& figures,
         log::Logger log);

  void push(std::shared_ptr<const SpanData> span);

  // Until stop(). `self` keeps this alive.
  static boost::asio::awaitable<void> run(std::shared_ptr<Outbox> self);
  void stop();

  // Sends without waiting for more, and nothing twice.
  void hurry();
  bool idle() const { return queue_.empty() && !sending_; }
  // Called when it has become idle.
  void on_idle(std::function<void()> notify) { on_idle_ = std::move(notify); }

 private:
  boost::asio::awaitable<void> gather();
  boost::asio::awaitable<void> send();
  Spans take_batch();

  const std::unique_ptr<Exporter> exporter_;
  const Options options_;
  Figures& figures_;
  Sender sender_;
  boost::asio::steady_timer timer_;
  std::deque<std::shared_ptr<const SpanData>> queue_;
  std::size_t bytes_ = 0;
  bool sending_ = false;
  bool hurried_ = false;
  bool stopped_ = false;
  std::function<void()> on_idle_;
};

}  // namespace srs::tracing
