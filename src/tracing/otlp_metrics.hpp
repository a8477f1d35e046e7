// Prometheus' families as OTLP metrics.
#pragma once

#include "tracing/exporter.hpp"

#include <srs/util/time.hpp>

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace srs::tracing {

// An ExportMetricsServiceRequest. Counters become monotonic sums and histograms explicit buckets,
// both deltas of what was counted from `start` to `now`; the rest are gauges.
std::string encode_metrics(const Resource& resource,
                           const std::vector<prometheus::MetricFamily>& families, WallTime start,
                           WallTime now);

}  // namespace srs::tracing
