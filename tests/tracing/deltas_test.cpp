#include "tracing/deltas.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace srs::tracing {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily calls(double count, const std::string& method = "INVITE") {
  ClientMetric metric;
  metric.label = {{"method", method}};
  metric.counter.value = count;
  return {"calls_total", "", MetricType::Counter, {metric}};
}

// One bucket up to a second, and the one without bound.
MetricFamily times(std::uint64_t short_ones, std::uint64_t all, double sum) {
  ClientMetric metric;
  metric.histogram.sample_count = all;
  metric.histogram.sample_sum = sum;
  metric.histogram.bucket = {{short_ones, 1}, {all, std::numeric_limits<double>::infinity()}};
  return {"seconds", "", MetricType::Histogram, {metric}};
}

double counted(const std::vector<MetricFamily>& families) {
  return families.at(0).metric.at(0).counter.value;
}

TEST(Deltas, AreAllOfItAtFirst) {
  const Deltas deltas;
  EXPECT_EQ(counted(deltas.since_taken({calls(3)})), 3);
}

TEST(Deltas, AreWhatCameSinceTheLastOneThatWasTaken) {
  Deltas deltas;
  deltas.taken({calls(3)});
  EXPECT_EQ(counted(deltas.since_taken({calls(5)})), 2);
  EXPECT_EQ(counted(deltas.since_taken({calls(9)})), 6) << "the one before was not taken";
  deltas.taken({calls(9)});
  EXPECT_EQ(counted(deltas.since_taken({calls(9)})), 0);
}

TEST(Deltas, AreThoseOfEachSeries) {
  Deltas deltas;
  deltas.taken({calls(3)});
  EXPECT_EQ(counted(deltas.since_taken({calls(5, "BYE")})), 5);
}

TEST(Deltas, BeginAgainWithACounterThatDoes) {
  Deltas deltas;
  deltas.taken({calls(10), times(4, 6, 8)});
  const auto since = deltas.since_taken({calls(4), times(1, 1, 0.5)});
  EXPECT_EQ(counted(since), 4);
  EXPECT_EQ(since.at(1).metric.at(0).histogram.sample_count, 1U);
}

TEST(Deltas, OfHistogramsAreThoseOfEachBucket) {
  Deltas deltas;
  deltas.taken({times(2, 3, 10)});
  const auto since = deltas.since_taken({times(3, 6, 40)});
  const auto& histogram = since.at(0).metric.at(0).histogram;
  EXPECT_EQ(histogram.sample_count, 3U);
  EXPECT_EQ(histogram.sample_sum, 30);
  EXPECT_EQ(histogram.bucket.at(0).cumulative_count, 1U);
  EXPECT_EQ(histogram.bucket.at(1).cumulative_count, 3U);
  EXPECT_TRUE(deltas.since_taken({times(2, 3, 10)}).at(0).metric.empty()) << "nothing new";
}

TEST(Deltas, LeaveGaugesAlone) {
  ClientMetric metric;
  metric.gauge.value = 7;
  const std::vector<MetricFamily> families = {{"active", "", MetricType::Gauge, {metric}}};
  Deltas deltas;
  deltas.taken(families);
  EXPECT_EQ(deltas.since_taken(families).at(0).metric.at(0).gauge.value, 7);
}

}  // namespace
}  // namespace srs::tracing
