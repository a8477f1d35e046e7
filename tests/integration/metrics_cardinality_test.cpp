// Whatever strangers write into their messages: /metrics has as many series as before.
#include "integration/metrics_stage.hpp"
#include "support/files.hpp"
#include "util/http_client/http_peer.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <random>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

// Printable and not, with what would break out of a label or a line.
class Noise {
 public:
  std::string text(std::size_t longest) {
    static constexpr std::string_view kBytes =
        "abcXYZ0189\"\\{}=,;:%\t #/@$'`~|^&*()[]\x01\x7f\x80\xC3\xA9\xFF";
    std::string result;
    for (std::size_t n = 1 + number(longest); n > 0; --n) result += kBytes[number(kBytes.size())];
    return result;
  }
  // Of the bytes that a method's name or a header's may have (RFC 3261 §25.1).
  std::string token() {
    static constexpr std::string_view kBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0189-.!%*_+`'~";
    std::string result;
    for (std::size_t n = 3 + number(12); n > 0; --n) result += kBytes[number(kBytes.size())];
    return result;
  }
  std::size_t number(std::size_t below) { return random_() % below; }

 private:
  std::minstd_rand random_{4711};
};

// A collector of traces that refuses each batch in another way.
class MoodyCollector {
 public:
  std::string url() const { return peer_.url(""); }

 private:
  void serve(PeerConnection& connection) {
    while (connection.read_request()) {
      const int turn = ++turns_;
      if (turn % 10 == 0) return connection.reset();
      if (!connection.answer(200 + turn * 37 % 400, "{]", "Retry-After: 0\r\n")) return;
    }
  }
  std::atomic<int> turns_ = 0;
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

// A recogniser that writes what it likes, or fails.
Settings moody_recogniser(const TempDir& directory) {
  const auto program = directory / "recognise";
  write_file(program, R"(#!/bin/sh
case $(($$ % 4)) in
  0) echo '{"language": "x\"} 1\n", "segments": [{"start": -5, "end": 1e300, "text": "{a=\"b\"} 1"}]}' ;;
  1) printf 'no \377 {"json' ;;
  2) echo "$0{reason=$$} 1" >&2; exit $(($$ % 250 + 1)) ;;
  3) echo '{"text": "hello"}' ;;
esac
)");
  ::chmod(program.c_str(), 0755);
  return {
      {"STT_PROVIDERS", "command"},          {"STT_COMMAND_PROGRAM", program.string() + ",{audio}"},
      {"STT_PRICES", "command 0.6 EUR"},     {"STT_RETRY_ATTEMPTS", "1"},
      {"STT_RETRY_FIRST_PAUSE", "10ms"},     {"STT_BREAKER_PAUSE", "10ms"},
      {"STT_BREAKER_LONGEST_PAUSE", "20ms"}, {"STT_PIECE_SILENCE_DB", "-90"}};
}

class Cardinality : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  Settings settings() const {
    // Freed ports serve at once, so that a thousand calls find enough of them.
    Settings all = {{"LOG_LEVEL", "info"},
                    {"RTP_QUARANTINE", "0"},
                    {"OTEL_EXPORTER_OTLP_ENDPOINT", collector_.url()},
                    {"TRACING_BATCH_DELAY", "100ms"}};
    all.merge(moody_recogniser(directory_));
    return all;
  }

  // Names and labels of every series; values left out.
  std::set<std::string> series() {
    std::set<std::string> result;
    for (const auto& [name, value] : figures(server_)) result.insert(name);
    return result;
  }

  // A call whose every text is noise, as far as a call can still come of it.
  void hostile_call(int number) {
    const bool tcp = number % 10 == 9;
    SrcCall call(server_, tcp);
    auto streams = two_legs();
    for (auto& stream : streams) {
      stream.label = noise_.text(20);
      stream.name = noise_.text(40);
      stream.aor = "sip:" + noise_.token() + "@" + noise_.token();
      stream.formats = "0 8 " + std::to_string(96 + noise_.number(32));
    }
    auto sdp = sdp_offer(streams);
    sdp +=
        "a=rtpmap:" + std::to_string(96 + noise_.number(32)) + " " + noise_.token() + "/8000\r\n";
    auto invite = call.dialog().invite(siprec_body(sdp, rs_metadata(streams)));
    for (const auto* header : {"User-Agent", "Subject", "X-Call-Direction", "Server", "traceparent",
                               "tracestate", "X-Language", "Priority"})
      invite.set_header(header, noise_.text(60));
    invite.set_header("X-" + noise_.token(), noise_.text(60));
    if (number % 5 == 0) invite.set_header("Content-Type", noise_.token() + "/" + noise_.token());
    if (number % 7 == 0) invite.set_header("Require", "siprec, " + noise_.token());
    const auto answer = call.invite(invite);
    ASSERT_GE(answer.status(), 200) << answer.bytes();
    if (answer.status() < 300) {
      // One in three can be heard, and is transcribed.
      const bool audible = number % 3 == 0;
      const std::size_t type = audible ? 0 : noise_.number(128);
      RtpSource source(static_cast<std::uint8_t>(type), 0xA11CE);
      call.send_packets(0, source, audible ? 10 : 2);
    }
    // sofia takes some methods (PING, X+Y) for no SIP at all, which ends a TCP connection's use.
    if (!tcp) call.wire().send(call.dialog().request(noise_.token()));
    if (answer.status() >= 300) return;
    EXPECT_EQ(call.bye().status(), 200);
  }

  const TempDir directory_;
  const MoodyCollector collector_;
  ServerProcess server_{settings()};
  Noise noise_;
};

TEST_F(Cardinality, DoesNotDependOnWhatAThousandHostileCallsSay) {
#ifdef SRS_SANITIZED  // sanitizers are slow
  constexpr int kCalls = 300;
#else
  constexpr int kCalls = 1000;
#endif
  const auto before = series();
  for (int i = 0; i < kCalls; ++i) ASSERT_NO_FATAL_FAILURE(hostile_call(i)) << "call " << i;
  const auto exceeds = [&](const char* name, double value) {
    return wait_until([&] { return metric(server_, name) > value; });
  };
  EXPECT_TRUE(exceeds("stt_jobs_total", kCalls / 20.0));
  EXPECT_TRUE(exceeds("stt_transcription_errors_total", kCalls / 100.0));
  EXPECT_TRUE(exceeds("tracing_export_failures_total", 3));
  EXPECT_EQ(series(), before);
  EXPECT_GT(metric(server_, "sip_sessions_total"), kCalls / 2);
}

// The peer's own answers, to a request of ours.
TEST_F(Cardinality, DoesNotDependOnWhatPeersAnswer) {
  server_.signal(SIGTERM);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  server_.set("RECORDING_NO_MEDIA_TIMEOUT", "1s");
  ASSERT_TRUE(server_.start());
  const auto before = series();
  std::vector<SrcCall> calls;
  for (int i = 0; i < 20; ++i) {
    calls.emplace_back(server_);
    ASSERT_EQ(calls.back().invite(siprec_body(two_legs())).status(), 200);
  }
  int code = 299;
  for (auto& call : calls) {
    std::optional<SipText> bye;
    const bool asked = wait_until([&] {
      bye = call.wire().receive(100ms);
      return bye && bye->is_request() && bye->method() == "BYE";
    });
    ASSERT_TRUE(asked);
    std::string text = "SIP/2.0 " + std::to_string(code) + " What\r\n";
    for (const auto* name : {"Via", "From", "To", "Call-ID", "CSeq"})
      text += std::string(name) + ": " + std::string(bye->header(name)) + "\r\n";
    call.wire().send_as_it_is(text + "Content-Length: 0\r\n\r\n");
    code += 19;
  }
  const auto answered = [&] { return metric(server_, "sip_peer_responses_total") >= 20; };
  EXPECT_TRUE(wait_until(answered));
  EXPECT_EQ(series(), before);
}

}  // namespace
}  // namespace srs::test
