#include <srs/metrics/distribution.hpp>
#include <srs/metrics/registry.hpp>

#include <gmock/gmock.h>

namespace srs::metrics {
namespace {

TEST(Distribution, CountsCumulativelyAsPrometheusWantsIt) {
  Registry registry;
  Distribution seconds({0, 0.5, 1});
  const auto kept = computed(
      registry, [&](auto& families) { families.push_back(seconds.family("s_seconds", "S.")); });
  for (const double value : {0.0, 0.5, 0.7, 9.0}) seconds.observe(value);
  EXPECT_EQ(seconds.count(), 4U);
  EXPECT_EQ(registry.text(),
            "# HELP s_seconds S.\n# TYPE s_seconds histogram\n"
            "s_seconds_count 4\ns_seconds_sum 10.2\n"
            "s_seconds_bucket{le=\"0\"} 1\ns_seconds_bucket{le=\"0.5\"} 2\n"
            "s_seconds_bucket{le=\"1\"} 3\ns_seconds_bucket{le=\"+Inf\"} 4\n");
}

}  // namespace
}  // namespace srs::metrics
