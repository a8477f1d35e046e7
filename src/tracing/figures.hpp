// What was exported, dropped, and what failed.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace srs::tracing {

// Why spans were lost.
inline constexpr const char* kQueueFull = "queue_full";
inline constexpr const char* kRejected = "rejected";        // by the collector
inline constexpr const char* kUnreachable = "unreachable";  // after all attempts
inline constexpr const char* kShutdown = "shutdown";

// Used on the io_context's thread.
class Figures final : public prometheus::Collectable {
 public:
  // Makes its series begin at 0, so that rate() sees the first event.
  void announce(const std::string& exporter) {
    exported_[exporter];
    for (const auto* reason : {kQueueFull, kRejected, kUnreachable, kShutdown})
      dropped_[{exporter, reason}];
  }
  void announce_failures(const std::string& exporter, const std::vector<std::string>& reasons) {
    for (const auto& reason : reasons) failures_[{exporter, reason}];
  }

  void exported(const std::string& exporter, std::uint64_t spans) { exported_[exporter] += spans; }
  void dropped(const std::string& exporter, const std::string& reason, std::uint64_t spans) {
    dropped_[{exporter, reason}] += spans;
  }
  void failed(const std::string& exporter, const std::string& reason) {
    ++failures_[{exporter, reason}];
  }
  void metrics_exported() { ++metrics_exported_; }

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::map<std::string, std::uint64_t> exported_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> dropped_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> failures_;
  std::uint64_t metrics_exported_ = 0;
};

}  // namespace srs::tracing
