#include "metrics/errors.hpp"

#include <algorithm>

namespace srs::metrics {
namespace {

using Sums = std::map<std::pair<std::string, std::string>, double>;

const std::string* label_of(const prometheus::ClientMetric& metric, std::string_view name) {
  const auto found = std::find_if(metric.label.begin(), metric.label.end(),
                                  [name](const auto& label) { return label.name == name; });
  return found == metric.label.end() ? nullptr : &found->value;
}

void add_row(Sums& sums, const ErrorRow& row, const prometheus::MetricFamily& family) {
  for (const auto& metric : family.metric) {
    const auto* value = row.label.empty() ? nullptr : label_of(metric, row.label);
    if (!row.label.empty() && value == nullptr) continue;
    if (!row.only.empty() && *value != row.only) continue;
    const auto reason = row.reason.empty() ? *value : std::string(row.reason);
    sums[{std::string(row.component), reason}] += metric.counter.value;
  }
}

}  // namespace

prometheus::MetricFamily sum_errors(
    const std::map<std::pair<std::string, std::string>, std::atomic<std::uint64_t>>& own,
    const std::vector<ErrorRow>& rows, const std::vector<prometheus::MetricFamily>& families) {
  Sums sums;
  for (const auto& [key, count] : own) sums[key] += static_cast<double>(count);
  for (const auto& row : rows) {
    if (!row.reason.empty()) sums[{std::string(row.component), std::string(row.reason)}] += 0;
    const auto found = std::find_if(families.begin(), families.end(),
                                    [&](const auto& family) { return family.name == row.family; });
    if (found != families.end()) add_row(sums, row, *found);
  }
  std::vector<Sample> samples;
  for (const auto& [key, sum] : sums) {
    samples.push_back({{{"component", key.first}, {"reason", key.second}}, sum});
  }
  return family("errors_total", "Failures, by the component that met them and the reason.",
                prometheus::MetricType::Counter, samples);
}

}  // namespace srs::metrics
