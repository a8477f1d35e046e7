#include "tracing/deltas.hpp"

#include <utility>

namespace srs::tracing {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string key_of(const MetricFamily& family, const ClientMetric& metric) {
  std::string key = family.name;
  for (const auto& label : metric.label) {
    for (const auto* text : {&label.name, &label.value}) key.append(1, '\0').append(*text);
  }
  return key;
}

bool counts(const MetricFamily& family) {
  return family.type == MetricType::Counter || family.type == MetricType::Histogram;
}

void subtract(ClientMetric::Counter& now, const ClientMetric::Counter& before) {
  if (now.value >= before.value) now.value -= before.value;
}

void subtract(ClientMetric::Histogram& now, const ClientMetric::Histogram& before) {
  if (now.sample_count < before.sample_count || now.bucket.size() != before.bucket.size()) return;
  now.sample_count -= before.sample_count;
  now.sample_sum -= before.sample_sum;
  for (std::size_t i = 0; i < now.bucket.size(); ++i)
    now.bucket[i].cumulative_count -= before.bucket[i].cumulative_count;
}

}  // namespace

std::vector<MetricFamily> Deltas::since_taken(std::vector<MetricFamily> families) const {
  for (auto& family : families) {
    if (!counts(family)) continue;
    for (auto& metric : family.metric) {
      const auto before = taken_.find(key_of(family, metric));
      if (before == taken_.end()) continue;
      subtract(metric.counter, before->second.counter);
      subtract(metric.histogram, before->second.histogram);
    }
    if (family.type != MetricType::Histogram) continue;
    std::erase_if(family.metric,
                  [](const auto& metric) { return metric.histogram.sample_count == 0; });
  }
  return families;
}

void Deltas::taken(const std::vector<MetricFamily>& families) {
  taken_.clear();
  for (const auto& family : families) {
    if (!counts(family)) continue;
    for (const auto& metric : family.metric) taken_[key_of(family, metric)] = metric;
  }
}

}  // namespace srs::tracing
