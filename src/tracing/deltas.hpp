// What was counted since a collector last took it: New Relic asks for deltas, we count for ever.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <unordered_map>
#include <vector>

namespace srs::tracing {

// What is not taken stays in the next difference, so nothing is lost by a request that failed, and
// nothing is told twice but where the collector took a request and its answer was lost.
class Deltas {
 public:
  // These families with the counters and histograms of those taken last subtracted; one that is new
  // or began again counts from 0. Histograms that saw nothing new are left out, and gauges and
  // summaries are as they are.
  std::vector<prometheus::MetricFamily> since_taken(
      std::vector<prometheus::MetricFamily> families) const;
  void taken(const std::vector<prometheus::MetricFamily>& families);

 private:
  std::unordered_map<std::string, prometheus::ClientMetric> taken_;  // by name and labels
};

}  // namespace srs::tracing
