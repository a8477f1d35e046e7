// The spans of a recording as a collector gets them from the running server.
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "util/http_client/http_peer.hpp"

#include <gmock/gmock.h>
#include <protozero/pbf_reader.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
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
  std::string trace_state;
  std::string linked_trace;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::map<std::string, std::string> attributes;  // those of text and of whole numbers
};

// opentelemetry/proto/common/v1/common.proto
void take_attribute(protozero::pbf_reader attribute, std::map<std::string, std::string>& into) {
  std::string key;
  while (attribute.next()) {
    if (attribute.tag() == 1) {
      key = attribute.get_string();
      continue;
    }
    auto value = attribute.get_message();
    while (value.next()) {
      if (value.tag() == 1)
        into[key] = value.get_string();
      else if (value.tag() == 3)
        into[key] = std::to_string(value.get_int64());
      else
        value.skip();
    }
  }
}

std::string hexadecimal(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    text += two;
  }
  return text;
}

// Takes OTLP over HTTP and keeps its spans by name, those of files by `name file`
// (opentelemetry/proto/trace/v1/trace.proto).
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
        case 3:
          seen.trace_state = span.get_string();
          break;
        case 13: {
          auto link = span.get_message();
          if (link.next(1)) seen.linked_trace = hexadecimal(link.get_bytes());
          break;
        }
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
        case 9:
          take_attribute(span.get_message(), seen.attributes);
          break;
        default:
          span.skip();
      }
    }
    if (seen.attributes.contains("file.name")) name += " " + seen.attributes["file.name"];
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

// An INVITE that names the trace of the one who placed the call.
SipText traced_invite(SrcCall& call, const std::string& flags = "01") {
  auto invite = call.dialog().request("INVITE", siprec_body(two_legs()));
  invite.set_header("traceparent", "00-" + std::string(kTrace) + "-" + kCaller + "-" + flags);
  invite.set_header("tracestate", "congo=t61");
  return invite;
}

// Returns the directory of its recording.
std::filesystem::path place_traced_call(const ServerProcess& server,
                                        const std::string& flags = "01") {
  SrcCall call(server);
  EXPECT_EQ(call.invite(traced_invite(call, flags)).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  EXPECT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server.recordings(), call.call_id());
  EXPECT_TRUE(recording);
  return recording ? recording->directory : std::filesystem::path();
}

TEST(Tracing, FollowsOneRecordingFromItsInviteToItsFiles) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  const auto directory = place_traced_call(server);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("recording.render"); }));
  auto spans = collector.spans();
  const std::map<std::string, std::string> parents = {
      {"siprec.parse", "recording.session"},
      {"rtp.first_packet", "recording.session"},
      {"storage.put capture.pcapng", "recording.session"},
      {"recording.render", "recording.session"},
      {"recording.session", "sip.invite"},
      {"storage.put audio.wav", "recording.render"},
      {"storage.put metadata.json", "recording.render"}};
  for (const auto& [name, parent] : parents) {
    ASSERT_TRUE(spans.contains(name)) << name;
    EXPECT_EQ(spans[name].trace_id, kTrace) << name;
    EXPECT_EQ(spans[name].parent, spans[parent].span_id) << name;
    EXPECT_GE(spans[name].end, spans[name].start) << name;
  }
  EXPECT_EQ(spans["sip.invite"].parent, kCaller);
  for (const char* file : {"audio.wav", "metadata.json"}) {
    EXPECT_EQ(spans["storage.put " + std::string(file)].attributes["file.size"],
              std::to_string(std::filesystem::file_size(directory / file)));
  }
  // The collector has them a moment before the server reads its answer.
  EXPECT_TRUE(wait_until([&] { return metric(server, "tracing_spans_exported_total") >= 8; }));
}

// metadata.json is complete a moment before the log says so.
nlohmann::json line_of(const ServerProcess& server, const std::string& event) {
  EXPECT_TRUE(wait_until([&] { return !server.log(event).empty(); })) << event;
  const auto lines = server.log(event);
  EXPECT_EQ(lines.size(), 1U) << event;
  return lines.empty() ? nlohmann::json::object() : lines[0];
}

void expect_all_ids(const ServerProcess& server, const std::string& event,
                    const std::string& call_id) {
  const auto line = line_of(server, event);
  EXPECT_EQ(line.value("trace.id", ""), kTrace) << event;
  EXPECT_EQ(line.value("siprec.call_id", ""), call_id) << event;
  EXPECT_NE(line.value("siprec.recording_id", ""), "") << event;
}

// The call's own span went with its process, others that name it were sent; who finds the recording
// puts another one in its place.
TEST(Tracing, ShowsInTheTraceOfACallThatItsProcessDied) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(traced_invite(call)).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  const auto begun = wait_for_recording(server.recordings(), call.call_id(), "recording");
  ASSERT_TRUE(begun);
  const std::string kept = begun->metadata.at("session").at("traceparent");
  ASSERT_TRUE(wait_until([&] { return metric(server, "capture_packets_total") >= 50; }));
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("siprec.parse"); }));
  server.signal(SIGKILL);
  ASSERT_TRUE(server.wait_exit(kSoon));
  ASSERT_TRUE(server.start());
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("recording.render"); }));
  auto spans = collector.spans();
  EXPECT_EQ(spans["recording.session"].trace_id, kTrace);
  EXPECT_EQ(spans["recording.session"].span_id, kept.substr(36, 16));
  EXPECT_EQ(spans["siprec.parse"].parent, spans["recording.session"].span_id);
  EXPECT_EQ(spans["recording.session"].attributes["recording.end_reason"], "crashed");
  EXPECT_EQ(spans["recording.render"].parent, spans["recording.session"].span_id);
  for (const char* event : {"recording_recovered", "recording_complete"})
    expect_all_ids(server, event, call.call_id());
}

TEST(Tracing, ShowsAnInviteThatTheSipStackRefuses) {
  Collector collector;
  auto settings = traced_to(collector.url());
  settings["SIP_MAX_DIALOGS"] = "1";
  ServerProcess server(settings);
  ASSERT_TRUE(server.start());
  const auto seen_as = [&](int status) {
    return wait_until([&] {
      const auto spans = collector.spans();
      const auto invite = spans.find("sip.invite");
      return invite != spans.end() && invite->second.trace_id == kTrace &&
             invite->second.attributes.contains("sip.status_code") &&
             invite->second.attributes.at("sip.status_code") == std::to_string(status);
    });
  };
  SrcCall unknown(server);
  auto invite = traced_invite(unknown);
  invite.set_header("Require", "siprec, teleport");
  ASSERT_EQ(unknown.invite(invite).status(), 420);
  EXPECT_TRUE(seen_as(420));
  SrcCall first(server);
  ASSERT_EQ(first.invite(traced_invite(first)).status(), 200);
  SrcCall second(server);
  ASSERT_EQ(second.invite(traced_invite(second)).status(), 503);
  EXPECT_TRUE(seen_as(503));
  EXPECT_EQ(first.bye().status(), 200);
}

TEST(Tracing, MakesNoSpanOfAFileThatIsNotThere) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(traced_invite(call)).status(), 200);
  ASSERT_EQ(call.bye().status(), 200);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("recording.session"); }));
  EXPECT_FALSE(collector.spans().contains("storage.put capture.pcapng"));
}

// A recogniser and a receiver of transcripts in one: what `traceparent` they were told, by path.
class Told {
 public:
  Settings settings() const {
    return {{"STT_PROVIDERS", "openai"},
            {"STT_OPENAI_URL", peer_.url("/v1")},
            {"STT_OPENAI_API_KEY", "a-key"},
            {"STT_PIECE_SILENCE_DB", "-90"},
            {"STT_DELIVERY_URL", peer_.url("/transcripts")}};
  }
  // Waits for it.
  std::string of(const std::string& path) const {
    const auto known = [&] {
      const std::lock_guard lock(mutex_);
      return told_.contains(path);
    };
    EXPECT_TRUE(wait_until(known)) << path << " was asked for nothing";
    const std::lock_guard lock(mutex_);
    return told_.contains(path) ? told_.at(path) : "";
  }

 private:
  void serve(PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        told_[request->target] = request->headers["traceparent"];
      }
      if (!connection.answer(200, R"({"text":"hello"})")) return;
    }
  }
  mutable std::mutex mutex_;
  std::map<std::string, std::string> told_;
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

std::string trace_of(const std::string& traceparent) {
  return traceparent.size() == 55 ? traceparent.substr(3, 32) : traceparent;
}

// With a collector, a recogniser and a receiver of transcripts.
Settings traced_and_told(const Collector& collector, const Told& told) {
  auto settings = traced_to(collector.url());
  settings.merge(told.settings());
  return settings;
}

TEST(Tracing, HandsTheCallersContextOnWhereItIsOff) {
  const Told told;
  ServerProcess server(told.settings());
  ASSERT_TRUE(server.start());
  place_traced_call(server);
  const auto came = "00-" + std::string(kTrace) + "-" + kCaller + "-01";
  EXPECT_EQ(told.of("/v1/audio/transcriptions"), came);
  EXPECT_EQ(told.of("/transcripts"), came);
}

TEST(Tracing, MakesNoSpanOfATraceThatIsNotSampled) {
  Collector collector;
  const Told told;
  ServerProcess server(traced_and_told(collector, told));
  ASSERT_TRUE(server.start());
  place_traced_call(server, "00");
  for (const char* path : {"/v1/audio/transcriptions", "/transcripts"}) {
    EXPECT_EQ(trace_of(told.of(path)), kTrace) << path;
    EXPECT_TRUE(told.of(path).ends_with("-00")) << path;
  }
  // A span of something else says that those before it have been sent.
  EXPECT_EQ(http_get(url(server, "/nothing")).status, 404);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("http.request"); }));
  EXPECT_EQ(collector.spans().size(), 1U);
}

std::string traced_get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\ntraceparent: 00-" + kTrace +
         "-" + kCaller + "-01\r\n\r\n";
}

TEST(Tracing, TakesTheTraceOfAnHttpRequest) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  HttpConnection connection("127.0.0.1", server.http_port());
  connection.send(traced_get("/nothing"));
  EXPECT_EQ(connection.reply().status, 404);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("http.request"); }));
  EXPECT_EQ(collector.spans()["http.request"].trace_id, kTrace);
  EXPECT_EQ(collector.spans()["http.request"].parent, kCaller);
}

TEST(Tracing, LeadsFromEachLineOfACallToItsTrace) {
  Collector collector;
  const Told told;
  ServerProcess server(traced_and_told(collector, told));
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(traced_invite(call)).status(), 200);
  RtpSource alice(0, 0xA11CE), moved(0, 0xA11CF);
  call.send_packets(0, alice, 50);
  call.send_packets(0, moved, 50);
  call.send_rtp(0, "what is this, and who sends it?");
  ASSERT_TRUE(wait_until([&] { return !server.log("rtp_invalid").empty(); }));
  ASSERT_EQ(call.bye().status(), 200);
  for (const char* event : {"session_started", "rtp_source_changed", "rtp_invalid", "session_ended",
                            "recording_complete", "transcript_finished"})
    expect_all_ids(server, event, call.call_id());
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("stt.transcribe"); }));
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("stt.deliver"); }));
  for (const char* span : {"sip.invite", "recording.render", "stt.transcribe", "stt.deliver"}) {
    EXPECT_EQ(collector.spans()[span].trace_id, kTrace) << span;
    EXPECT_EQ(collector.spans()[span].trace_state, "congo=t61") << span;
  }
}

// Messages and requests that say themselves to which trace they belong.
TEST(Tracing, LeadsFromAMessageAndARequestToTheTraceTheyName) {
  ServerProcess server(Settings{{"LOG_LEVEL", "debug"}, {"LOG_SIP_FILTER", "all"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(traced_invite(call)).status(), 200);
  ASSERT_EQ(call.bye().status(), 200);
  const auto traced = [&](const std::string& event) {
    const auto lines = server.log(event);
    return std::count_if(lines.begin(), lines.end(),
                         [](const auto& line) { return line.value("trace.id", "") == kTrace; });
  };
  EXPECT_TRUE(wait_until([&] { return traced("sip_message") == 1; })) << "the INVITE alone";
  EXPECT_EQ(http_get(url(server, "/nothing")).status, 404);
  HttpConnection connection("127.0.0.1", server.http_port());
  connection.send(traced_get("/nothing"));
  EXPECT_EQ(connection.reply().status, 404);
  EXPECT_TRUE(wait_until([&] { return traced("http_request") == 1; }));
  EXPECT_GT(server.log("http_request").size(), 1U) << "the other has no trace";
}

// What is begun again stays in the trace of its call; who asked for it is led there.
TEST(Tracing, LeadsFromTheRequestThatBeginsATranscriptionAgainToItsCall) {
  Collector collector;
  std::atomic<bool> locked{true};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(locked ? 401 : 200, R"({"text":"hello"})");
  }));
  auto settings = traced_to(collector.url());
  settings.merge(Settings{{"STT_PROVIDERS", "openai"},
                          {"OPENAI_BASE_URL", provider.url("/v1")},
                          {"STT_PIECE_SILENCE_DB", "-90"},
                          {"HTTP_ADMIN_TOKEN", "let-me-begin"}});
  ServerProcess server(settings);
  ASSERT_TRUE(server.start());
  const auto directory = place_traced_call(server);
  ASSERT_TRUE(wait_until([&] { return metric(server, "stt_jobs_parked") == 1; }));
  locked = false;
  constexpr const char* kAsking = "0af7651916cd43dd8448eb211c80319c";
  HttpConnection connection("127.0.0.1", server.http_port());
  connection.send("POST /recordings/" + directory.filename().string() +
                  "/transcription HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  "Content-Length: 0\r\nAuthorization: Bearer let-me-begin\r\n"
                  "traceparent: 00-" +
                  std::string(kAsking) + "-" + kCaller + "-01\r\n\r\n");
  EXPECT_EQ(connection.reply().status, 202);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("http.request"); }));
  const auto request = collector.spans()["http.request"];
  EXPECT_EQ(request.trace_id, kAsking);
  EXPECT_EQ(request.linked_trace, kTrace);
  const auto begun = line_of(server, "transcription_begun_again");
  EXPECT_EQ(begun.value("trace.id", ""), kTrace);
  EXPECT_NE(begun.value("siprec.call_id", ""), "");
  EXPECT_EQ(line_of(server, "transcript_finished").value("trace.id", ""), kTrace);
}

TEST(Tracing, LeadsFromACancelledTranscriptionToItsCall) {
  Collector collector;
  HttpPeer provider(HttpPeer::Script([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(401, "{}");
  }));
  auto settings = traced_to(collector.url());
  settings.merge(Settings{{"STT_PROVIDERS", "openai"},
                          {"OPENAI_BASE_URL", provider.url("/v1")},
                          {"STT_PIECE_SILENCE_DB", "-90"},
                          {"HTTP_ADMIN_TOKEN", "let-me-stop"}});
  ServerProcess server(settings);
  ASSERT_TRUE(server.start());
  const auto directory = place_traced_call(server);
  ASSERT_TRUE(wait_until([&] { return metric(server, "stt_jobs_parked") == 1; }));
  HttpConnection connection("127.0.0.1", server.http_port());
  connection.send("DELETE /recordings/" + directory.filename().string() +
                  "/transcription HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  "Authorization: Bearer let-me-stop\r\n\r\n");
  EXPECT_EQ(connection.reply().status, 202);
  const auto cancelled = line_of(server, "transcription_cancelled");
  EXPECT_EQ(cancelled.value("siprec.recording_id", ""), directory.filename().string());
  EXPECT_EQ(cancelled.value("siprec.call_id", ""),
            line_of(server, "session_started").value("siprec.call_id", "none"));
  EXPECT_EQ(cancelled.value("trace.id", ""), kTrace);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("http.request"); }));
  EXPECT_EQ(collector.spans()["http.request"].linked_trace, kTrace);
}

TEST(Tracing, LeadsFromACallWithoutMediaToItsTrace) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(traced_invite(call)).status(), 200);
  ASSERT_EQ(call.bye().status(), 200);
  expect_all_ids(server, "recording_complete", call.call_id());
}

// Neither those without a trace nor those of a Prometheus that traces its scrapes.
TEST(Tracing, FollowsHttpRequestsButNoProbes) {
  Collector collector;
  ServerProcess server(traced_to(collector.url()));
  ASSERT_TRUE(server.start());
  EXPECT_EQ(http_get(url(server, "/health")).status, 200);
  for (const char* path : {"/health", "/ready", "/live", "/metrics"}) {
    HttpConnection probe("127.0.0.1", server.http_port());
    probe.send(traced_get(path));
    EXPECT_EQ(probe.reply().status, 200) << path;
  }
  EXPECT_EQ(http_get(url(server, "/nothing")).status, 404);
  ASSERT_TRUE(wait_until([&] { return collector.spans().contains("http.request"); }));
  EXPECT_TRUE(wait_until([&] { return metric(server, "tracing_spans_exported_total") == 1; }));
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
