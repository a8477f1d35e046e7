// Whether the io_context turns, and how late.
#pragma once

#include <srs/metrics/registry.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace srs::health {

// A timer on the io_context that measures how late it fires: event_loop_lag_seconds. `on_beat` runs
// with every beat (the systemd watchdog).
class Heartbeat {
 public:
  static std::shared_ptr<Heartbeat> start(boost::asio::any_io_executor executor,
                                          std::chrono::milliseconds interval,
                                          metrics::Registry& registry,
                                          std::function<void()> on_beat);
  virtual ~Heartbeat() = default;
  virtual void stop() = 0;
  // The worst lateness of the last 10 s, that of a beat which is overdue included.
  virtual std::chrono::nanoseconds recent_lag() const = 0;
};

}  // namespace srs::health
