// Our metrics, sent to New Relic every minute.
#pragma once

#include "tracing/deltas.hpp"
#include "tracing/exporter.hpp"
#include "tracing/sender.hpp"

#include <srs/tracing/tracing.hpp>

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace srs::tracing {

class MetricsPush {
 public:
  MetricsPush(boost::asio::any_io_executor executor, HttpClient& http, Endpoint endpoint,
              Resource resource, std::chrono::seconds interval, Tracing::Collect collect,
              Tracing::Taken taken, Figures& figures, log::Logger log);

  // Until stop(). `self` keeps this alive.
  static boost::asio::awaitable<void> run(std::shared_ptr<MetricsPush> self);
  void stop();
  // Sends what stands now, once, and calls `done`: at the end of the process counters move that
  // nobody would see otherwise.
  void finish(std::function<void()> done);
  bool finished() const { return finished_; }

 private:
  boost::asio::awaitable<void> send();

  const Endpoint endpoint_;
  const Resource resource_;
  const std::chrono::seconds interval_;
  const Tracing::Collect collect_;
  const Tracing::Taken taken_;
  Figures& figures_;
  Deltas deltas_;
  WallTime since_ = wall_now();  // when the last was taken that New Relic has
  Sender sender_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
  bool last_ = false;
  bool finished_ = false;
  std::function<void()> on_finished_;
};

}  // namespace srs::tracing
