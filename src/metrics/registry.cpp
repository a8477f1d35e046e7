#include "metrics/errors.hpp"

#include <srs/metrics/registry.hpp>

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace srs::metrics {
namespace {

class Computed final : public prometheus::Collectable {
 public:
  explicit Computed(Fill fill) : fill_(std::move(fill)) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families;
    fill_(families);
    return families;
  }

 private:
  Fill fill_;
};

}  // namespace

void Registry::add(std::weak_ptr<prometheus::Collectable> collectable) {
  std::erase_if(computed_, [](const auto& known) { return known.expired(); });
  computed_.push_back(std::move(collectable));
}

std::vector<prometheus::MetricFamily> Registry::collect() const {
  auto families = native_.Collect();
  for (const auto& known : computed_) {
    if (const auto alive = known.lock()) {
      auto more = alive->Collect();
      std::move(more.begin(), more.end(), std::back_inserter(families));
    }
  }
  if (!errors_.empty() || !error_rows_.empty()) {
    families.push_back(sum_errors(errors_, error_rows_, families));
  }
  return families;
}

std::atomic<std::uint64_t>& Registry::error(std::string_view component, std::string_view reason) {
  return errors_[{std::string(component), std::string(reason)}];
}

std::string Registry::text() const {
  return prometheus::TextSerializer{}.Serialize(collect());
}

std::shared_ptr<prometheus::Collectable> computed(Registry& registry, Fill fill) {
  auto collectable = std::make_shared<Computed>(std::move(fill));
  registry.add(collectable);
  return collectable;
}

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type,
                                const std::vector<Sample>& samples) {
  prometheus::MetricFamily result;
  result.name = std::move(name);
  result.help = std::move(help);
  result.type = type;
  for (const auto& sample : samples) {
    prometheus::ClientMetric metric;
    for (const auto& [key, value] : sample.labels) metric.label.push_back({key, value});
    if (type == prometheus::MetricType::Counter)
      metric.counter.value = sample.value;
    else
      metric.gauge.value = sample.value;
    result.metric.push_back(std::move(metric));
  }
  return result;
}

std::vector<double> latency_buckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

std::vector<double> duration_buckets() {
  return {1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400};
}

}  // namespace srs::metrics
