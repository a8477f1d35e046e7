// Our metrics, sent to New Relic every minute.
#pragma once

#include "tracing/exporter.hpp"
#include "tracing/sender.hpp"

#include <srs/tracing/tracing.hpp>

#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace srs::tracing {

class MetricsPush {
 public:
  MetricsPush(boost::asio::any_io_executor executor, HttpClient& http, Endpoint endpoint,
              Resource resource, std::chrono::seconds interval, Tracing::Collect collect,
              Figures& figures, log::Logger log);

  // Until stop(). `self` keeps this alive.
  static boost::asio::awaitable<void> run(std::shared_ptr<MetricsPush> self);
  void stop();

 private:
  boost::asio::awaitable<void> send();

  const Endpoint endpoint_;
  const Resource resource_;
  const std::chrono::seconds interval_;
  const Tracing::Collect collect_;
  const WallTime begun_ = wall_now();
  Figures& figures_;
  Sender sender_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace srs::tracing
