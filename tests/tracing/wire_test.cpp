// What we send, as other people's decoders read it: OTLP by its published .proto files, Jaeger by
// jaeger.thrift.
#include "tracing/decoders/decoded.hpp"
#include "tracing/exporter.hpp"
#include "tracing/otlp_metrics.hpp"
#include "tracing/targets.hpp"

#include <srs/tracing/tracer.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <prometheus/histogram.h>

#include <map>

namespace srs::tracing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

const WallTime kThen = *from_rfc3339("2026-11-22T11:00:00.123Z");

class WireTest : public testing::Test {
 protected:
  void SetUp() override { SRS_REQUIRE_DECODERS(); }

  json decoded(const std::string& kind, const std::string& body) {
    return srs::test::decoded(directory, kind, body);
  }

  static Spans spans() {
    auto parent = std::make_shared<SpanData>();
    parent->context =
        *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-80f067aa0ba902b7-01", "v=1");
    parent->name = "recording.session";
    parent->kind = Kind::Server;
    parent->start = kThen;
    parent->end = kThen + 1500ms;
    parent->attributes = {{"recording.id", "r\xc3\xa4t"},
                          {"streams", 2},
                          {"share", 0.25},
                          {"secure", true},
                          {"lost", -7},
                          {"large", std::uint64_t{1} << 40}};
    parent->events = {{"rtp.first_packet", kThen + 20ms, {{"ssrc", 42U}}}};
    parent->status = Status::Error;
    parent->status_text = "no media";
    parent->dropped_attributes = 3;
    auto child = std::make_shared<SpanData>();
    child->context = parent->context;
    child->context.span_id = {0, 0, 0, 0, 0, 0, 0, 9};
    child->parent = parent->context.span_id;
    child->name = "recording.render";
    child->start = kThen;
    child->end = kThen + 1us;
    child->link =
        *parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "w=2");
    child->status = Status::Ok;
    return {parent, child};
  }
  static Resource resource() { return {"siprec", {{"deployment.environment", "test"}}}; }
  static std::string body_of(const Exporter& exporter) {
    return std::get<std::string>(exporter.request(spans()).body);
  }

  srs::test::TempDir directory;
};

// `{"key": value}` of a list of OTLP's KeyValue.
std::map<std::string, json> values(const json& attributes) {
  std::map<std::string, json> all;
  for (const auto& one : attributes) all[one.at("key")] = one.at("value");
  return all;
}

json bytes(std::initializer_list<int> list) {
  return json(std::vector<int>(list));
}

TEST_F(WireTest, OtlpTracesAreWhatTheProtoFilesDescribe) {
  const auto message = decoded("traces", body_of(*make_otlp("otlp", {}, resource())));
  const auto& from = message.at("resourceSpans").at(0);
  const auto about = values(from.at("resource").at("attributes"));
  EXPECT_EQ(about.at("service.name").at("stringValue"), "siprec");
  EXPECT_EQ(about.at("deployment.environment").at("stringValue"), "test");
  const auto& scope = from.at("scopeSpans").at(0);
  EXPECT_EQ(scope.at("scope").at("name"), "siprec-server");

  const auto& span = scope.at("spans").at(0);
  EXPECT_EQ(span.at("traceId"), bytes({0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce,
                                       0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36}));
  EXPECT_EQ(span.at("spanId"), bytes({0x80, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7}));
  EXPECT_FALSE(span.contains("parentSpanId"));
  EXPECT_EQ(span.at("traceState"), "v=1");
  EXPECT_EQ(span.at("name"), "recording.session");
  EXPECT_EQ(span.at("kind"), "SPAN_KIND_SERVER");
  EXPECT_EQ(span.at("startTimeUnixNano"), "1795345200123000000");
  EXPECT_EQ(span.at("endTimeUnixNano"), "1795345201623000000");
  EXPECT_EQ(span.at("droppedAttributesCount"), 3);
  const auto set = values(span.at("attributes"));
  EXPECT_EQ(set.at("recording.id").at("stringValue"), "r\xc3\xa4t");
  EXPECT_EQ(set.at("streams").at("intValue"), "2");
  EXPECT_EQ(set.at("share").at("doubleValue"), 0.25);
  EXPECT_EQ(set.at("secure").at("boolValue"), true);
  EXPECT_EQ(set.at("lost").at("intValue"), "-7");
  EXPECT_EQ(set.at("large").at("intValue"), "1099511627776");
  const auto& event = span.at("events").at(0);
  EXPECT_EQ(event.at("name"), "rtp.first_packet");
  EXPECT_EQ(event.at("timeUnixNano"), "1795345200143000000");
  EXPECT_EQ(values(event.at("attributes")).at("ssrc").at("intValue"), "42");
  EXPECT_EQ(span.at("status").at("code"), "STATUS_CODE_ERROR");
  EXPECT_EQ(span.at("status").at("message"), "no media");

  const auto& child = scope.at("spans").at(1);
  EXPECT_EQ(child.at("parentSpanId"), span.at("spanId"));
  EXPECT_EQ(child.at("kind"), "SPAN_KIND_INTERNAL");
  EXPECT_EQ(child.at("status").at("code"), "STATUS_CODE_OK");
  EXPECT_FALSE(span.contains("links"));
  const auto& link = child.at("links").at(0);
  EXPECT_EQ(link.at("traceId"), bytes({0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48,
                                       0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c}));
  EXPECT_EQ(link.at("spanId"), bytes({0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31}));
  EXPECT_EQ(link.at("traceState"), "w=2");
}

// Jaeger's tags as `{"key": "type:value"}`.
std::map<std::string, std::string> tags(const json& list) {
  std::map<std::string, std::string> all;
  for (const auto& tag : list) {
    std::string value;
    for (const auto* kind : {"vStr", "vDouble", "vBool", "vLong"}) {
      if (!tag.value(kind, json()).is_null()) {
        value = tag.at(kind).is_string() ? tag.at(kind).get<std::string>() : tag.at(kind).dump();
      }
    }
    all[tag.at("key")] = tag.at("vType").get<std::string>() + ":" + value;
  }
  return all;
}

TEST_F(WireTest, JaegersBatchIsWhatItsThriftFileDescribes) {
  const auto batch = decoded("jaeger", body_of(*make_jaeger({}, resource())));
  EXPECT_EQ(batch.at("process").at("serviceName"), "siprec");
  EXPECT_EQ(tags(batch.at("process").at("tags")).at("deployment.environment"), "STRING:test");

  const auto& span = batch.at("spans").at(0);
  EXPECT_EQ(span.at("traceIdHigh"), "4bf92f3577b34da6");
  EXPECT_EQ(span.at("traceIdLow"), "a3ce929d0e0e4736");
  EXPECT_EQ(span.at("spanId"), "80f067aa0ba902b7");
  EXPECT_EQ(span.at("parentSpanId"), "0000000000000000");
  EXPECT_EQ(span.at("operationName"), "recording.session");
  EXPECT_EQ(span.at("flags"), 1);
  EXPECT_EQ(std::stoull(span.at("startTime").get<std::string>(), nullptr, 16),
            1'795'345'200'123'000U);
  EXPECT_EQ(std::stoull(span.at("duration").get<std::string>(), nullptr, 16), 1'500'000U);
  const auto set = tags(span.at("tags"));
  EXPECT_EQ(set.at("recording.id"), "STRING:r\xc3\xa4t");
  EXPECT_EQ(set.at("streams"), "LONG:0000000000000002");
  EXPECT_EQ(set.at("lost"), "LONG:fffffffffffffff9");
  EXPECT_EQ(set.at("share"), "DOUBLE:0.25");
  EXPECT_EQ(set.at("secure"), "BOOL:true");
  EXPECT_EQ(set.at("span.kind"), "STRING:server");
  EXPECT_EQ(set.at("error"), "BOOL:true");
  EXPECT_EQ(set.at("otel.status_description"), "STRING:no media");
  EXPECT_EQ(set.at("w3c.tracestate"), "STRING:v=1");
  const auto& event = span.at("logs").at(0);
  EXPECT_EQ(std::stoull(event.at("timestamp").get<std::string>(), nullptr, 16),
            1'795'345'200'143'000U);
  EXPECT_EQ(tags(event.at("fields")).at("event"), "STRING:rtp.first_packet");

  const auto& child = batch.at("spans").at(1);
  EXPECT_EQ(child.at("parentSpanId"), "80f067aa0ba902b7");
  EXPECT_FALSE(tags(child.at("tags")).contains("error"));
  EXPECT_TRUE(span.value("references", json()).is_null());
  const auto& reference = child.at("references").at(0);
  EXPECT_EQ(reference.at("refType"), "FOLLOWS_FROM");
  EXPECT_EQ(reference.at("traceIdHigh"), "0af7651916cd43dd");
  EXPECT_EQ(reference.at("traceIdLow"), "8448eb211c80319c");
  EXPECT_EQ(reference.at("spanId"), "b7ad6b7169203331");
}

MetricFamily family(const char* name, MetricType type) {
  MetricFamily made{name, "Help.", type, {}};
  ClientMetric metric;
  metric.label = {{"method", "INVITE"}};
  metric.counter.value = 12;
  metric.gauge.value = -1.5;
  metric.histogram.sample_count = 6;
  metric.histogram.sample_sum = 7.5;
  metric.histogram.bucket = {{1, 0.5}, {4, 1}, {6, std::numeric_limits<double>::infinity()}};
  metric.summary.sample_count = 2;
  metric.summary.sample_sum = 3;
  metric.summary.quantile = {{0.5, 1.25}};
  made.metric.push_back(metric);
  return made;
}

TEST_F(WireTest, OtlpMetricsAreWhatTheProtoFilesDescribe) {
  const std::vector<MetricFamily> families = {
      family("calls_total", MetricType::Counter), family("active", MetricType::Gauge),
      family("seconds", MetricType::Histogram), family("sizes", MetricType::Summary),
      MetricFamily{"empty", "", MetricType::Counter, {}}};
  const auto message = decoded("metrics", encode_metrics(resource(), families, kThen, kThen + 60s));
  const auto& from = message.at("resourceMetrics").at(0);
  EXPECT_EQ(values(from.at("resource").at("attributes")).at("service.name").at("stringValue"),
            "siprec");
  const auto& metrics = from.at("scopeMetrics").at(0).at("metrics");
  ASSERT_EQ(metrics.size(), 4U);

  EXPECT_EQ(metrics[0].at("name"), "calls_total");
  EXPECT_EQ(metrics[0].at("description"), "Help.");
  const auto& sum = metrics[0].at("sum");
  EXPECT_EQ(sum.at("isMonotonic"), true);
  EXPECT_EQ(sum.at("aggregationTemporality"), "AGGREGATION_TEMPORALITY_DELTA");
  const auto& point = sum.at("dataPoints").at(0);
  EXPECT_EQ(point.at("asDouble"), 12);
  EXPECT_EQ(point.at("startTimeUnixNano"), "1795345200123000000");
  EXPECT_EQ(point.at("timeUnixNano"), "1795345260123000000");
  EXPECT_EQ(values(point.at("attributes")).at("method").at("stringValue"), "INVITE");

  EXPECT_EQ(metrics[1].at("gauge").at("dataPoints").at(0).at("asDouble"), -1.5);

  const auto& histogram = metrics[2].at("histogram");
  EXPECT_EQ(histogram.at("aggregationTemporality"), "AGGREGATION_TEMPORALITY_DELTA");
  const auto& spread = histogram.at("dataPoints").at(0);
  EXPECT_EQ(spread.at("count"), "6");
  EXPECT_EQ(spread.at("sum"), 7.5);
  EXPECT_EQ(spread.at("explicitBounds"), json({0.5, 1}));
  EXPECT_EQ(spread.at("bucketCounts"), json({"1", "3", "2"}));
  EXPECT_EQ(values(spread.at("attributes")).at("method").at("stringValue"), "INVITE");

  const auto& summary = metrics[3].at("summary").at("dataPoints").at(0);
  EXPECT_EQ(summary.at("count"), "2");
  EXPECT_EQ(summary.at("quantileValues").at(0).at("value"), 1.25);
}

}  // namespace
}  // namespace srs::tracing
