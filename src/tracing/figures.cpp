#include "tracing/figures.hpp"

namespace srs::tracing {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

ClientMetric sample(std::vector<ClientMetric::Label> labels, std::uint64_t value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  return metric;
}

MetricFamily counter(const char* name, const char* help) {
  return {name, help, prometheus::MetricType::Counter, {}};
}

}  // namespace

std::vector<MetricFamily> Figures::Collect() const {
  auto exported = counter("tracing_spans_exported_total", "Spans that a collector took.");
  for (const auto& [exporter, spans] : exported_) {
    exported.metric.push_back(sample({{"exporter", exporter}}, spans));
  }
  auto dropped = counter("tracing_spans_dropped_total", "Spans that a collector did not get.");
  for (const auto& [key, spans] : dropped_) {
    dropped.metric.push_back(sample({{"exporter", key.first}, {"reason", key.second}}, spans));
  }
  auto failures = counter("tracing_export_failures_total", "Requests to collectors that failed.");
  for (const auto& [key, count] : failures_) {
    failures.metric.push_back(sample({{"exporter", key.first}, {"reason", key.second}}, count));
  }
  auto metrics = counter("tracing_metrics_exported_total", "Sets of metrics that New Relic took.");
  metrics.metric.push_back(sample({}, metrics_exported_));
  return {exported, dropped, failures, metrics};
}

}  // namespace srs::tracing
