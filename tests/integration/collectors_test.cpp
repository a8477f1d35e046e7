// What collectors of the guide get from the running server, read by other people's decoders:
// Jaeger's Thrift, and New Relic's OTLP with traces and metrics.
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "tracing/decoders/decoded.hpp"
#include "util/http_client/certificate.hpp"
#include "util/http_client/http_peer.hpp"

#include <gmock/gmock.h>

#include <mutex>
#include <set>

namespace srs::test {
namespace {

using nlohmann::json;
using ::testing::IsSupersetOf;

const std::vector<std::string> kSpansOfACall = {"sip.invite",        "siprec.parse",
                                                "recording.session", "rtp.first_packet",
                                                "recording.render",  "storage.put"};

class Collectors : public ::testing::Test {
 protected:
  void SetUp() override { SRS_REQUIRE_DECODERS(); }

  void listen(std::optional<HttpPeer::Tls> tls = {}) {
    peer_ = std::make_unique<HttpPeer>([this](PeerConnection& connection) { serve(connection); },
                                       std::move(tls));
  }
  std::string url(const std::string& path) const { return peer_->url(path); }
  std::vector<PeerRequest> sent_to(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    std::vector<PeerRequest> found;
    for (const auto& request : requests_)
      if (request.target == path) found.push_back(request);
    return found;
  }
  // Whether the bytes were in a request to `path`: names are text in both formats.
  bool has(const std::string& path, const std::string& text) const {
    for (const auto& request : sent_to(path))
      if (request.body.find(text) != std::string::npos) return true;
    return false;
  }

  TempDir directory_;

 private:
  void serve(PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(*request));
      }
      if (!connection.answer(200, "")) return;
    }
  }

  mutable std::mutex mutex_;
  std::vector<PeerRequest> requests_;
  std::unique_ptr<HttpPeer> peer_;
};

TEST_F(Collectors, JaegersGetsTheSpansOfACallAsThrift) {
  listen();
  ServerProcess server({{"TRACING_ENABLED", "true"},
                        {"JAEGER_ENDPOINT", url("/api/traces")},
                        {"TRACING_BATCH_DELAY", "100ms"}});
  ASSERT_TRUE(server.start());
  whole_call(server, 50);
  ASSERT_TRUE(wait_until([&] { return has("/api/traces", "recording.render"); }));
  std::set<std::string> names, traces;
  for (const auto& request : sent_to("/api/traces")) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.headers.at("content-type"), "application/x-thrift");
    const auto batch = decoded(directory_, "jaeger", request.body);
    EXPECT_EQ(batch.at("process").at("serviceName"), "siprec-server");
    for (const auto& span : batch.at("spans")) {
      names.insert(span.at("operationName"));
      traces.insert(span.at("traceIdLow").dump());
    }
  }
  EXPECT_THAT(names, IsSupersetOf(kSpansOfACall));
  EXPECT_EQ(traces.size(), 1U) << "one call, one trace";
}

// Adds the points of each metric to those of its name.
void add_points(const json& message, std::map<std::string, json>& points) {
  for (const auto& resource : message.at("resourceMetrics"))
    for (const auto& scope : resource.at("scopeMetrics"))
      for (const auto& metric : scope.at("metrics"))
        for (const auto* kind : {"sum", "gauge", "histogram", "summary"})
          if (metric.contains(kind))
            for (const auto& point : metric.at(kind).at("dataPoints"))
              points[metric.at("name")].push_back(point);
}

// Of a scrape: `# TYPE name kind`, where there is a series; of histograms one that saw anything.
std::set<std::string> names_of(const ServerProcess& server) {
  std::istringstream text(http_get(srs::test::url(server, "/metrics")).body);
  std::set<std::string> names;
  std::string name, series;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# TYPE ")) {
      name = line.substr(7, line.find(' ', 7) - 7);
      series = name + (line.ends_with(" histogram") ? "_count" : "");
    } else if (!line.starts_with('#') && line.starts_with(series) &&
               (series == name || !line.ends_with(" 0"))) {
      names.insert(name);
    }
  }
  return names;
}

TEST_F(Collectors, NewRelicsGetsTheSpansOfACallAndAllMetrics) {
  const auto certificate = directory_ / "certificate.pem";
  write_certificate(certificate, "IP:127.0.0.1");
  listen(HttpPeer::Tls{certificate, {}});
  const std::string key = "eu01xx0123456789abcdef0123456789abcdNRAL";
  ServerProcess server({{"NEW_RELIC_LICENSE_KEY", key},
                        {"NEW_RELIC_APP_NAME", "recorder of the tests"},
                        {"TRACING_NEW_RELIC_ENDPOINT", url("")},
                        {"TRACING_NEW_RELIC_CA_FILE", certificate.string()},
                        {"TRACING_NEW_RELIC_METRICS_INTERVAL", "1s"},
                        {"TRACING_BATCH_DELAY", "100ms"}});
  ASSERT_TRUE(server.start());
  whole_call(server, 50);
  ASSERT_TRUE(wait_until([&] { return metric(server, "recordings_total", {"complete"}) == 1; }));
  // Those, and a storage.put for each file.
  ASSERT_TRUE(wait_until([&] { return metric(server, "tracing_spans_exported_total") >= 8; }));
  const auto names = names_of(server);
  const auto before = sent_to("/v1/metrics").size();
  // The first that was sent after the scrape may have been made before it.
  ASSERT_TRUE(wait_until([&] { return sent_to("/v1/metrics").size() >= before + 2; }));

  std::set<std::string> spans;
  for (const auto& request : sent_to("/v1/traces")) {
    EXPECT_EQ(request.headers.at("api-key"), key);
    EXPECT_EQ(request.headers.at("content-type"), "application/x-protobuf");
    EXPECT_EQ(request.headers.at("content-encoding"), "gzip");
    const auto message = decoded(directory_, "traces", request.body);
    for (const auto& resource : message.at("resourceSpans"))
      for (const auto& scope : resource.at("scopeSpans"))
        for (const auto& span : scope.at("spans")) spans.insert(span.at("name"));
  }
  EXPECT_THAT(spans, IsSupersetOf(kSpansOfACall));

  std::map<std::string, json> points;
  for (const auto& request : sent_to("/v1/metrics")) {
    EXPECT_EQ(request.headers.at("api-key"), key);
    const auto message = decoded(directory_, "metrics", request.body);
    EXPECT_NE(message.dump().find("recorder of the tests"), std::string::npos);
    add_points(message, points);
  }
  EXPECT_GT(names.size(), 90U);
  for (const auto& name : names) EXPECT_TRUE(points.contains(name)) << name;
  double sessions = 0;
  for (const auto& point : points.at("sip_sessions_total"))
    sessions += point.at("asDouble").get<double>();
  EXPECT_EQ(sessions, 1) << "what each minute counted, added up";
  ASSERT_EQ(points.at("sip_session_duration_seconds").size(), 1U);
  EXPECT_EQ(points.at("sip_session_duration_seconds").at(0).at("count"), "1");
}

}  // namespace
}  // namespace srs::test
