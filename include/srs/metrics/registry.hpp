// The one registry of the process.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/registry.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::metrics {

// Which samples of another metric are failures, and under which component they stand in
// errors_total. `reason` where `label` is empty, else that label's value.
struct ErrorRow {
  std::string_view component;
  std::string_view reason;
  std::string_view family;
  std::string_view label = {};
  std::string_view only = {};  // where it is not empty: only samples whose label has this value
};

// prometheus-cpp's registry, and beside it the Collectables that compute their figures when they
// are scraped. Used from the io_context's thread; instruments made in `native()` are thread-safe.
class Registry {
 public:
  // Where modules make their counters, gauges and histograms, once, in their constructors.
  prometheus::Registry& native() { return native_; }

  // Asked at every scrape until it dies.
  void add(std::weak_ptr<prometheus::Collectable> collectable);

  // A failure that no other metric counts: errors_total{component,reason}. Resolved once, of
  // names that stand in the code; thread-safe to add to, as long as the registry lives.
  std::atomic<std::uint64_t>& error(std::string_view component, std::string_view reason);
  // Failures that other metrics count stand in errors_total too, summed when it is scraped.
  void count_as_errors(std::vector<ErrorRow> rows) { error_rows_ = std::move(rows); }

  std::vector<prometheus::MetricFamily> collect() const;
  // Prometheus text format 0.0.4.
  std::string text() const;

 private:
  prometheus::Registry native_;
  std::vector<std::weak_ptr<prometheus::Collectable>> computed_;
  std::map<std::pair<std::string, std::string>, std::atomic<std::uint64_t>> errors_;
  std::vector<ErrorRow> error_rows_;
};

// A Collectable made of a function: what plain counters elsewhere say, read at scrape time, so the
// hot path pays nothing. Keep the returned pointer as long as what `fill` reads lives.
using Fill = std::function<void(std::vector<prometheus::MetricFamily>&)>;
std::shared_ptr<prometheus::Collectable> computed(Registry& registry, Fill fill);

struct Sample {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};
// One family for `computed`: its name, help, type and samples.
prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type,
                                const std::vector<Sample>& samples);

// Upper bounds in seconds for histograms of short waits (0.5 ms to 10 s) and of calls (1 s to 4 h).
std::vector<double> latency_buckets();
std::vector<double> duration_buckets();

}  // namespace srs::metrics
