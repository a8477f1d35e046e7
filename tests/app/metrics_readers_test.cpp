#include "app/metrics_readers.hpp"

#include <gtest/gtest.h>

namespace srs::app {
namespace {

http::Request asking(const std::string& header, const std::string& value) {
  http::Request request;
  request.headers = {{header, value}};
  return request;
}

TEST(Scrape, IsWhatPrometheusAndItsLikeAskFor) {
  EXPECT_TRUE(is_scrape(asking("X-Prometheus-Scrape-Timeout-Seconds", "10")));
  for (const auto* accept :
       {"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        "text/plain;version=0.0.4;q=1,*/*;q=0.1",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding="
        "delimited"})
    EXPECT_TRUE(is_scrape(asking("accept", accept))) << accept;
}

TEST(Scrape, IsNoLookOfAnOperator) {
  EXPECT_FALSE(is_scrape({}));
  for (const auto* accept :
       {"*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/plain"})
    EXPECT_FALSE(is_scrape(asking("Accept", accept))) << accept;
}

}  // namespace
}  // namespace srs::app
