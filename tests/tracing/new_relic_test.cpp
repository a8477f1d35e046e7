// New Relic: what its documentation asks of OTLP requests.
#include "tracing/exporting.hpp"
#include "tracing/targets.hpp"
#include "util/http_client/certificate.hpp"

#include <support/temp_dir.hpp>

#include <set>

namespace srs::tracing {
namespace {

using namespace std::chrono_literals;
using srs::test::HttpPeer;
using srs::test::TempDir;
using test::Collector;
using test::ExportTest;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kKey = "eu01xx0123456789abcdef0123456789abcdNRAL";

std::string traces_url(const std::string& key) {
  Options options;
  options.new_relic.license_key = key;
  const auto exporters = make_exporters(options);
  return exporters.size() == 1 ? exporters[0]->request({}).url : "";
}

TEST(NewRelic, IsReachedInTheRegionOfTheKey) {
  EXPECT_EQ(traces_url(kKey), "https://otlp.eu01.nr-data.net/v1/traces");
  EXPECT_EQ(traces_url("gov01xx0123456789abcdef0123456789abcNRAL"),
            "https://gov-otlp.nr-data.net/v1/traces");
  EXPECT_EQ(traces_url("jp01xx0123456789abcdef0123456789abcdNRAL"),
            "https://otlp.jp.nr-data.net/v1/traces");
  EXPECT_EQ(traces_url("us01xx0123456789abcdef0123456789abcdNRAL"),
            "https://otlp.nr-data.net/v1/traces");
  EXPECT_EQ(traces_url("0123456789abcdef0123456789abcdef0123NRAL"),
            "https://otlp.nr-data.net/v1/traces");
  EXPECT_EQ(traces_url(""), "");
}

class NewRelicTest : public ExportTest {
 protected:
  NewRelicTest() {
    srs::test::write_certificate(certificate, "IP:127.0.0.1");
    options.new_relic.license_key = kKey;
    options.new_relic.app_name = "recorder";
    options.new_relic.ca_file = certificate;
    options.new_relic.metrics_interval = 1s;
    options.batch_delay = 10ms;
  }

  TempDir directory;
  const std::filesystem::path certificate = directory / "certificate.pem";
  Options options;
};

TEST_F(NewRelicTest, GetsTracesAndMetricsWithItsKeyOverTls) {
  Collector collector({}, HttpPeer::Tls{certificate, {}});
  options.new_relic.endpoint = collector.url("");
  start(options, [] {
    return std::vector<prometheus::MetricFamily>{
        {"calls_total", "Calls.", prometheus::MetricType::Counter, {{}}}};
  });
  make_spans(2);
  ASSERT_TRUE(
      run_until([&] { return exported() == 2 && figure("tracing_metrics_exported_total") >= 1; }));
  const auto requests = collector.requests();
  std::set<std::string> targets;  // whichever came first
  for (const auto& request : requests) {
    targets.insert(request.target);
    EXPECT_EQ(request.headers.at("api-key"), kKey);
    EXPECT_EQ(request.headers.at("content-type"), "application/x-protobuf");
    EXPECT_THAT(request.body, HasSubstr("recorder"));
    EXPECT_THAT(request.body, Not(HasSubstr(kKey)));
  }
  EXPECT_THAT(targets, ElementsAre("/v1/metrics", "/v1/traces"));
  EXPECT_EQ(figure("tracing_spans_exported_total", {"newrelic"}), 2);
}

// What ends with the process, as calls do that a shutdown cuts, comes after the last full minute.
TEST_F(NewRelicTest, GetsTheLastMetricsAtTheEnd) {
  Collector collector({}, HttpPeer::Tls{certificate, {}});
  options.new_relic.endpoint = collector.url("");
  options.new_relic.metrics_interval = std::chrono::hours(1);
  start(options, [] {
    return std::vector<prometheus::MetricFamily>{
        {"cut_total", "Calls.", prometheus::MetricType::Counter, {{}}}};
  });
  ASSERT_TRUE(flush(10s));
  const auto requests = collector.requests();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].target, "/v1/metrics");
  EXPECT_THAT(requests[0].body, HasSubstr("cut_total"));
}

TEST_F(NewRelicTest, KeyIsSentToNobodyWithoutAProperCertificate) {
  options.new_relic.ca_file.clear();
  Collector collector({}, HttpPeer::Tls{certificate, {}});
  options.new_relic.endpoint = collector.url("");
  start(options);
  make_spans(1);
  ASSERT_TRUE(run_until([&] { return dropped("rejected") == 1; }));
  EXPECT_EQ(collector.count(), 0U);
  EXPECT_EQ(figure("tracing_export_failures_total", {"newrelic", "tls"}), 1);
}

TEST_F(NewRelicTest, KeyIsInNoLine) {
  Collector collector([](auto& connection, std::size_t) {
    return connection.answer(403, std::string("bad key ") + kKey);
  });
  options.new_relic.endpoint = collector.url("");
  start(options, [] { return std::vector<prometheus::MetricFamily>(); });
  make_spans(1);
  ASSERT_TRUE(run_until([&] {
    return figure("tracing_export_failures_total", {"newrelic_metrics"}) >= 1 &&
           dropped("rejected") == 1;
  }));
  EXPECT_THAT(kept->lines, SizeIs(3));
  EXPECT_THAT(kept->lines, Each(Not(HasSubstr(kKey))));
}

}  // namespace
}  // namespace srs::tracing
