// The spans of a recording as a collector gets them from the running server.
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "util/http_client/http_peer.hpp"

#include <gmock/gmock.h>
#include <protozero/pbf_reader.hpp>

#include <map>
#include <mutex>

namespace srs::test {
namespace {

using ::testing::IsSupersetOf;
using ::testing::Not;

struct Seen {
  std::string trace_id;
  std::string span_id;
  std::string parent;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

std::string hexadecimal(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    text += two;
  }
  return text;
}

// Takes OTLP over HTTP and keeps its spans by name (opentelemetry/proto/trace/v1/trace.proto).
class Collector {
 public:
  std::string url() const { return peer_.url(""); }
  std::map<std::string, Seen> spans() const {
    const std::lock_guard lock(mutex_);
    return spans_;
  }

 private:
  void serve(PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      if (request->target == "/v1/traces") take(request->body);
      if (!connection.answer(200, "")) return;
    }
  }
  void take(const std::string& body) {
    const std::lock_guard lock(mutex_);
    protozero::pbf_reader message(body);
    while (message.next(1)) {  // resource_spans
      auto resource = message.get_message();
      while (resource.next(2)) {  // scope_spans
        auto scope = resource.get_message();
        while (scope.next(2)) take_span(scope.get_message());
      }
    }
  }
  void take_span(protozero::pbf_reader span) {
    Seen seen;
    std::string name;
    while (span.next()) {
      switch (span.tag()) {
        case 1:
          seen.trace_id = hexadecimal(span.get_bytes());
          break;
        case 2:
          seen.span_id = hexadecimal(span.get_bytes());
          break;
        case 4:
          seen.parent = hexadecimal(span.get_bytes());
          break;
        case 5:
          name = span.get_string();
          break;
        case 7:
          seen.start = span.get_fixed64();
          break;
        case 8:
          seen.end = span.get_fixed64();
          break;
        default:
          span.skip();
      }
    }
    spans_[name] = seen;
  }

  mutable std::mutex mutex_;
  std::map<std::string, Seen> spans_;
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kCaller = "00f067aa0ba902b7";

Settings traced_to(const std::string& endpoint) {
  return {{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}, {"TRACING_BATCH_DELAY", "100ms"}};
}

// A call whose INVITE names the trace of the one who placed it.
void place_traced_call(const ServerProcess& server) {
  SrcCall call(server);
  auto invite = call.dialog().request("INVITE", siprec_body(two_legs()));
  invite.set_header("traceparent", "00-" + std::string(kTrace) + "-" + kCaller + "-01");
  ASSERT_EQ(call.invite(invite).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  ASSERT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server.recordings(), call.call_id());
  ASSERT_TRUE(recording);
}

TEST(Tracing, FollowsOneRecordingFromItsInviteToItsFile) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  place_traced_call(server);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("recording.render"); }));
  auto spans = collector.spans();
  for (const char* name : {"sip.invite", "siprec.parse", "recording.session", "rtp.first_packet",
                           "storage.put", "recording.render"}) {
    ASSERT_TRUE(spans.contains(name)) << name;
    EXPECT_EQ(spans[name].trace_id, kTrace) << name;
    EXPECT_GE(spans[name].end, spans[name].start) << name;
  }
  EXPECT_EQ(spans["sip.invite"].parent, kCaller);
  EXPECT_EQ(spans["recording.session"].parent, spans["sip.invite"].span_id);
  for (const char* name : {"siprec.parse", "rtp.first_packet", "storage.put", "recording.render"})
    EXPECT_EQ(spans[name].parent, spans["recording.session"].span_id) << name;
  EXPECT_GE(metric(server, "tracing_spans_exported_total"), 6);
}

TEST(Tracing, PutsTheTraceIntoTheLog) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  place_traced_call(server);
  for (const char* event : {"session_started", "session_ended", "recording_complete"}) {
    // metadata.json is complete a moment before the log says so.
    ASSERT_TRUE(wait_until([&] { return !server.log(event).empty(); })) << event;
    const auto lines = server.log(event);
    ASSERT_EQ(lines.size(), 1U) << event;
    EXPECT_EQ(lines[0].value("trace.id", ""), kTrace) << event;
  }
}

TEST(Tracing, FollowsHttpRequestsButNoProbes) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  EXPECT_EQ(http_get(url(server, "/health")).status, 200);
  EXPECT_EQ(http_get(url(server, "/nothing")).status, 404);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("http.request"); }));
  EXPECT_EQ(metric(server, "tracing_spans_exported_total"), 1);
}

TEST(Tracing, CostsCallsNothingWhereTheCollectorIsGone) {
  auto settings = traced_to("http://127.0.0.1:9");  // nobody listens there
  ServerProcess server(settings);
  ASSERT_TRUE(server.start());
  place_traced_call(server);
  EXPECT_TRUE(wait_until([&] { return metric(server, "tracing_export_failures_total") > 0; }));
  EXPECT_EQ(metric(server, "sip_sessions_failed_total"), 0);
}

}  // namespace
}  // namespace srs::test
