#include <srs/metrics/distribution.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace srs::metrics {

Distribution::Distribution(std::vector<double> bounds)
    : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {}

void Distribution::observe(double value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  ++buckets_[static_cast<std::size_t>(bound - bounds_.begin())];
  ++count_;
  sum_ += value;
}

prometheus::MetricFamily Distribution::family(std::string name, std::string help) const {
  prometheus::MetricFamily result;
  result.name = std::move(name);
  result.help = std::move(help);
  result.type = prometheus::MetricType::Histogram;
  auto& histogram = result.metric.emplace_back().histogram;
  histogram.sample_count = count_;
  histogram.sample_sum = sum_;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    below += buckets_[i];
    const double bound = i < bounds_.size() ? bounds_[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({below, bound});
  }
  return result;
}

}  // namespace srs::metrics
