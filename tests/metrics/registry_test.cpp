#include <srs/metrics/registry.hpp>

#include <gmock/gmock.h>
#include <prometheus/counter.h>

#include <algorithm>

namespace srs::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Registry, WritesItsInstrumentsAndComputedFiguresAsText) {
  Registry registry;
  prometheus::BuildCounter()
      .Name("a_total")
      .Help("A.")
      .Register(registry.native())
      .Add({})
      .Increment(2);
  const auto kept = computed(registry, [](auto& families) {
    families.push_back(family("b", "B.", prometheus::MetricType::Gauge, {{{{"x", "y"}}, 1.5}}));
    families.push_back(family("c_total", "C.", prometheus::MetricType::Counter, {{{}, 3}}));
  });
  EXPECT_EQ(registry.text(),
            "# HELP a_total A.\n# TYPE a_total counter\na_total 2\n"
            "# HELP b B.\n# TYPE b gauge\nb{x=\"y\"} 1.5\n"
            "# HELP c_total C.\n# TYPE c_total counter\nc_total 3\n");
}

TEST(Registry, ComputesAtEveryScrape) {
  Registry registry;
  double value = 1;
  const auto kept = computed(registry, [&](auto& families) {
    families.push_back(family("v", "V.", prometheus::MetricType::Gauge, {{{}, value}}));
  });
  EXPECT_THAT(registry.text(), HasSubstr("v 1\n"));
  value = 2;
  EXPECT_THAT(registry.text(), HasSubstr("v 2\n"));
}

TEST(Registry, ForgetsWhatDied) {
  Registry registry;
  auto kept = computed(registry, [](auto& families) {
    families.push_back(family("gone", "G.", prometheus::MetricType::Gauge, {{{}, 1}}));
  });
  kept.reset();
  EXPECT_THAT(registry.text(), Not(HasSubstr("gone")));
  const auto other = computed(registry, [](auto&) {});
  EXPECT_EQ(registry.text(), "");
}

TEST(Registry, EscapesLabelValues) {
  Registry registry;
  const auto kept = computed(registry, [](auto& families) {
    families.push_back(
        family("e", "E.", prometheus::MetricType::Gauge, {{{{"x", "a\"\\\nb"}}, 1}}));
  });
  EXPECT_THAT(registry.text(), HasSubstr("e{x=\"a\\\"\\\\\\nb\"} 1\n"));
}

TEST(Buckets, GrowFromBoundToBound) {
  for (const auto& buckets : {latency_buckets(), duration_buckets()}) {
    EXPECT_TRUE(std::is_sorted(buckets.begin(), buckets.end()));
    EXPECT_EQ(std::adjacent_find(buckets.begin(), buckets.end()), buckets.end());
  }
  EXPECT_EQ(latency_buckets().front(), 0.0005);
  EXPECT_EQ(duration_buckets().back(), 4 * 3600);
}

}  // namespace
}  // namespace srs::metrics
