// From ended spans to collectors elsewhere.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/tracing/options.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/awaitable.hpp>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace srs::tracing {

// Owns the tracer, and for each collector a bounded queue and a coroutine that empties it in
// batches. A collector that is slow or gone costs dropped spans and counters, and one line of the
// log when it goes and when it comes back. Where the options name none, all of it is off.
//
// Runs on the executor of `tasks`, which outlives it. Spans that end when it is gone are lost.
class Tracing {
 public:
  // What is there to be pushed to New Relic every minute; may be empty.
  using Collect = std::function<std::vector<prometheus::MetricFamily>()>;
  // New Relic took what was collected last; may be empty.
  using Taken = std::function<void()>;

  Tracing(Tasks& tasks, const Options& options, Collect metrics, log::Logger log,
          Taken metrics_taken = {});
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  Tracer& tracer() { return tracer_; }

  // Sends what waits now; ends when all of it is gone or has failed, at the latest after `limit`.
  boost::asio::awaitable<void> flush(std::chrono::milliseconds limit);

  // tracing_spans_exported_total{exporter}, tracing_spans_dropped_total{reason},
  // tracing_export_failures_total{exporter,reason}, tracing_metrics_exported_total. Computed when
  // it is asked; may outlive this object.
  std::shared_ptr<prometheus::Collectable> figures() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
  Tracer tracer_;
};

}  // namespace srs::tracing
