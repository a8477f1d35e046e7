// opentelemetry-proto, metrics/v1/metrics.proto
#include "tracing/otlp_metrics.hpp"

#include "tracing/otlp_fields.hpp"

#include <cmath>

namespace srs::tracing {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using protozero::pbf_tag_type;
using protozero::pbf_writer;

namespace metric_field {
constexpr pbf_tag_type kName = 1;
constexpr pbf_tag_type kDescription = 2;
constexpr pbf_tag_type kGauge = 5;
constexpr pbf_tag_type kSum = 7;
constexpr pbf_tag_type kHistogram = 9;
constexpr pbf_tag_type kSummary = 11;
}  // namespace metric_field

// Gauge, Sum, Histogram, Summary
constexpr pbf_tag_type kDataPoints = 1;
constexpr pbf_tag_type kTemporality = 2;
constexpr pbf_tag_type kMonotonic = 3;
constexpr int kDelta = 1;

// NumberDataPoint, HistogramDataPoint, SummaryDataPoint
namespace point_field {
constexpr pbf_tag_type kStart = 2;
constexpr pbf_tag_type kTime = 3;
constexpr pbf_tag_type kDouble = 4;
constexpr pbf_tag_type kNumberAttributes = 7;
constexpr pbf_tag_type kCount = 4;
constexpr pbf_tag_type kSum = 5;
constexpr pbf_tag_type kBucketCounts = 6;
constexpr pbf_tag_type kQuantiles = 6;
constexpr pbf_tag_type kBounds = 7;
constexpr pbf_tag_type kHistogramAttributes = 9;
constexpr pbf_tag_type kSummaryAttributes = 7;
}  // namespace point_field

struct Times {
  std::uint64_t start;
  std::uint64_t now;
};

void begin(pbf_writer& point, const Times& times, const ClientMetric& metric,
           pbf_tag_type attributes) {
  point.add_fixed64(point_field::kStart, times.start);
  point.add_fixed64(point_field::kTime, times.now);
  for (const auto& label : metric.label) {
    otlp::write_attribute(point, attributes, label.name, label.value);
  }
}

void write_number(pbf_writer& to, const Times& times, const ClientMetric& metric, double value) {
  pbf_writer point(to, kDataPoints);
  begin(point, times, metric, point_field::kNumberAttributes);
  point.add_double(point_field::kDouble, value);
}

void write_histogram(pbf_writer& to, const Times& times, const ClientMetric& metric) {
  pbf_writer point(to, kDataPoints);
  begin(point, times, metric, point_field::kHistogramAttributes);
  const auto& histogram = metric.histogram;
  std::vector<std::uint64_t> counts;
  std::vector<double> bounds;
  std::uint64_t below = 0;
  for (const auto& bucket : histogram.bucket) {
    counts.push_back(bucket.cumulative_count - below);
    below = bucket.cumulative_count;
    if (std::isfinite(bucket.upper_bound)) bounds.push_back(bucket.upper_bound);
  }
  // One more bucket than bounds: the last one has no upper bound.
  if (counts.size() == bounds.size()) counts.push_back(histogram.sample_count - below);
  point.add_fixed64(point_field::kCount, histogram.sample_count);
  point.add_double(point_field::kSum, histogram.sample_sum);
  point.add_packed_fixed64(point_field::kBucketCounts, counts.begin(), counts.end());
  point.add_packed_double(point_field::kBounds, bounds.begin(), bounds.end());
}

void write_summary(pbf_writer& to, const Times& times, const ClientMetric& metric) {
  pbf_writer point(to, kDataPoints);
  begin(point, times, metric, point_field::kSummaryAttributes);
  point.add_fixed64(point_field::kCount, metric.summary.sample_count);
  point.add_double(point_field::kSum, metric.summary.sample_sum);
  for (const auto& quantile : metric.summary.quantile) {
    pbf_writer one(point, point_field::kQuantiles);
    one.add_double(1, quantile.quantile);
    one.add_double(2, quantile.value);
  }
}

void write_counter(pbf_writer& metric, const Times& times, const MetricFamily& family) {
  pbf_writer sum(metric, metric_field::kSum);
  for (const auto& one : family.metric) write_number(sum, times, one, one.counter.value);
  sum.add_enum(kTemporality, kDelta);
  sum.add_bool(kMonotonic, true);
}

void write_gauge(pbf_writer& metric, const Times& times, const MetricFamily& family) {
  const bool untyped = family.type == MetricType::Untyped;
  pbf_writer gauge(metric, metric_field::kGauge);
  for (const auto& one : family.metric) {
    write_number(gauge, times, one, untyped ? one.untyped.value : one.gauge.value);
  }
}

void write_family(pbf_writer& scope, const Times& times, const MetricFamily& family) {
  pbf_writer metric(scope, otlp::scope_items::kItems);
  metric.add_string(metric_field::kName, family.name);
  metric.add_string(metric_field::kDescription, family.help);
  if (family.type == MetricType::Counter) {
    write_counter(metric, times, family);
  } else if (family.type == MetricType::Histogram) {
    pbf_writer histogram(metric, metric_field::kHistogram);
    for (const auto& one : family.metric) write_histogram(histogram, times, one);
    histogram.add_enum(kTemporality, kDelta);
  } else if (family.type == MetricType::Summary) {
    pbf_writer summary(metric, metric_field::kSummary);
    for (const auto& one : family.metric) write_summary(summary, times, one);
  } else {
    write_gauge(metric, times, family);
  }
}

}  // namespace

std::string encode_metrics(const Resource& resource, const std::vector<MetricFamily>& families,
                           WallTime start, WallTime now) {
  const Times times{static_cast<std::uint64_t>(start.time_since_epoch().count()),
                    static_cast<std::uint64_t>(now.time_since_epoch().count())};
  return otlp::envelope(resource, [&](pbf_writer& scope) {
    for (const auto& family : families) {
      if (!family.metric.empty()) write_family(scope, times, family);
    }
  });
}

}  // namespace srs::tracing
