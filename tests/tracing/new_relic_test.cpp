// New Relic: what its documentation asks of OTLP requests.
#include "tracing/decoders/decoded.hpp"
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

  // As other people's decoders read it.
  nlohmann::json decoded(const srs::test::PeerRequest& request) const {
    EXPECT_EQ(request.headers.at("content-encoding"), "gzip");
    return srs::test::decoded(directory, request.target.substr(std::string("/v1/").size()),
                              request.body);
  }
  nlohmann::json metrics(const srs::test::PeerRequest& request) const {
    return decoded(request).at("resourceMetrics").at(0).at("scopeMetrics").at(0).at("metrics");
  }

  TempDir directory;
  const std::filesystem::path certificate = directory / "certificate.pem";
  Options options;
};

TEST_F(NewRelicTest, GetsTracesAndMetricsWithItsKeyOverTls) {
  SRS_REQUIRE_DECODERS();
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
    const auto text = decoded(request).dump();
    EXPECT_THAT(text, HasSubstr("recorder"));
    EXPECT_THAT(text, Not(HasSubstr(kKey)));
  }
  EXPECT_THAT(targets, ElementsAre("/v1/metrics", "/v1/traces"));
  EXPECT_EQ(figure("tracing_spans_exported_total", {"newrelic"}), 2);
}

// What ends with the process, as calls do that a shutdown cuts, comes after the last full minute.
TEST_F(NewRelicTest, GetsTheLastMetricsAtTheEnd) {
  SRS_REQUIRE_DECODERS();
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
  EXPECT_EQ(metrics(requests[0]).at(0).at("name"), "cut_total");
}

// Three calls before each look, of which the second is refused: what was not taken comes with the
// next.
TEST_F(NewRelicTest, GetsWhatCameSinceItTookTheLast) {
  SRS_REQUIRE_DECODERS();
  Collector collector([](auto& connection, std::size_t number) {
    return connection.answer(number == 2 ? 400 : 200, "");
  });
  options.new_relic.endpoint = collector.url("");
  prometheus::MetricFamily calls{"calls_total", "Calls.", prometheus::MetricType::Counter, {{}}};
  start(options, [&calls] {
    calls.metric[0].counter.value += 3;
    return std::vector{calls};
  });
  ASSERT_TRUE(run_until([&] { return figure("tracing_metrics_exported_total") >= 2; }));
  std::vector<nlohmann::json> points;
  for (const auto& request : collector.requests()) {
    const auto sum = metrics(request).at(0).at("sum");
    EXPECT_EQ(sum.at("aggregationTemporality"), "AGGREGATION_TEMPORALITY_DELTA");
    points.push_back(sum.at("dataPoints").at(0));
  }
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].at("asDouble"), 3);
  EXPECT_EQ(points[1].at("asDouble"), 3);
  EXPECT_EQ(points[2].at("asDouble"), 6) << "those of the one that was refused too";
  EXPECT_EQ(points[1].at("startTimeUnixNano"), points[0].at("timeUnixNano"));
  EXPECT_EQ(points[2].at("startTimeUnixNano"), points[0].at("timeUnixNano"));
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
