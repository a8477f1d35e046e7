// A histogram of plain numbers, for code that runs on one thread only.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <vector>

namespace srs::metrics {

// Counts observations in buckets with the upper bounds `bounds` (ascending), read at scrape time.
// Not thread-safe: it belongs to the io_context, where an instrument with atomics costs more.
class Distribution {
 public:
  explicit Distribution(std::vector<double> bounds);

  void observe(double value);
  std::uint64_t count() const { return count_; }

  // As one family of one series, cumulative as Prometheus wants it.
  prometheus::MetricFamily family(std::string name, std::string help) const;

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> buckets_;  // not cumulative; the last one is +Inf
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace srs::metrics
