// The captures' figures.
#pragma once

#include <srs/metrics/registry.hpp>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

namespace srs::recording {

// Thread-safe instruments, resolved once.
struct CaptureMetrics {
  explicit CaptureMetrics(metrics::Registry& registry);

  prometheus::Counter& packets;
  prometheus::Counter& bytes;
  prometheus::Counter& dropped;
  prometheus::Counter& errors;
  prometheus::Histogram& write_seconds;
};

}  // namespace srs::recording
