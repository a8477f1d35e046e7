// What histograms of times add up is time that really passed: at least what the test made it take,
// at most what the test's own clock saw. One that counts milliseconds as seconds is neither.
#include "integration/metrics_stage.hpp"
#include "support/held_thread.hpp"
#include "support/recording_on_disk.hpp"
#include "support/tools.hpp"
#include "util/http_client/http_peer.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <atomic>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

const std::set<long> kWrites = {SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2};
const std::set<long> kSends = {SYS_sendto, SYS_sendmsg};

class Stopwatch {
 public:
  Seconds passed() const { return std::chrono::steady_clock::now() - begun_; }

 private:
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// Nothing to wait for: time itself is what is measured. Returns how long it really was.
Seconds let_a_second_pass() {
  const Stopwatch watch;
  std::this_thread::sleep_for(1s);
  return watch.passed();
}

// A server that has seen nothing yet.
class Sums : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(stage_.start()); }

  pid_t main_thread() const { return stage_.server.pid(); }
  // At least so much of what has passed since then. The answer may be there before it is counted.
  void expect_sum(const std::string& name, const std::vector<std::string>& labels, Seconds least,
                  const Stopwatch& since) {
    const auto sum = [&] { return metric(stage_.server, name + "_sum", labels); };
    EXPECT_TRUE(wait_until([&] { return sum() >= least.count(); })) << name << ' ' << sum();
    const auto counted = sum();
    EXPECT_LE(counted, since.passed().count()) << name;
  }

  const Stopwatch alive_;
  Stage stage_{{}};
};

TEST_F(Sums, OfWritesAreWhatTheDiskTook) {
  auto call = stage_.call();
  const Stopwatch watch;
  HeldThread writer(thread_named(main_thread(), "capture"));
  SRS_REQUIRE_WATCHING(writer);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  ASSERT_TRUE(writer.stop_at(kWrites));
  EXPECT_TRUE(stage_.moves("capture_pending_bytes"));
  EXPECT_GT(metric(stage_.server, "capture_pending_bytes"), 50 * 172);
  const auto held = let_a_second_pass();
  writer.let_go();
  EXPECT_TRUE(wait_until([&] { return metric(stage_.server, "capture_pending_bytes") == 0; }));
  EXPECT_EQ(call.bye().status(), 200);
  expect_sum("capture_write_seconds", {}, held, watch);
}

TEST_F(Sums, OfHttpRequestsLastToTheirAnswers) {
  HttpConnection client("127.0.0.1", stage_.server.http_port());
  const Stopwatch watch;
  HeldThread server(main_thread());
  SRS_REQUIRE_WATCHING(server);
  client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(server.stop_at(kSends));
  const auto held = let_a_second_pass();
  server.let_go();
  EXPECT_EQ(client.reply().status, 200);
  expect_sum("http_request_duration_seconds", {"endpoint=\"/live\""}, held, watch);
}

TEST_F(Sums, OfTheReceiversTurnsAreWhatTheyTook) {
  const Stopwatch watch;
  auto call = stage_.call();
  HeldThread server(main_thread());
  SRS_REQUIRE_WATCHING(server);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 5);
  ASSERT_TRUE(server.stop_at({SYS_recvmmsg}));
  const auto held = let_a_second_pass();
  server.let_go();
  EXPECT_EQ(call.bye().status(), 200);
  expect_sum("rtp_sweep_seconds", {}, held, watch);
  // Its next beat was that much too late, but for the half second between two of them.
  expect_sum("event_loop_lag_seconds", {}, held - 600ms, alive_);
}

TEST_F(Sums, OfSessionsLastFromTheInviteToTheBye) {
  const Stopwatch watch;
  auto call = stage_.call();
  const auto lasted = let_a_second_pass();
  EXPECT_EQ(call.bye().status(), 200);
  expect_sum("sip_session_duration_seconds", {}, lasted, watch);
}

// A directory where metadata.json is written first: the disk takes the sound, and does not take
// that it is complete.
TEST_F(Sums, OfFinishingLastFromTheByeToTheLastFile) {
  auto call = stage_.call();
  const auto recordings = stage_.server.recordings();
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  std::filesystem::path directory;
  ASSERT_TRUE(wait_until([&] {
    const auto begun = wait_for_recording(recordings, call.call_id(), "recording");
    if (begun) directory = begun->directory;
    return begun && begun->metadata.at("streams").at(0).value("packets_received", 0) > 0;
  })) << "metadata.json is written once more when media came";
  std::filesystem::create_directories(directory / "metadata.json.tmp");
  const Stopwatch watch;
  EXPECT_EQ(call.bye().status(), 200);
  ASSERT_TRUE(stage_.server.wait_for_log("recording_postponed", kSoon));
  const auto refused = let_a_second_pass();
  std::filesystem::remove(directory / "metadata.json.tmp");
  ASSERT_TRUE(wait_for_recording(recordings, call.call_id()));
  expect_sum("recording_finish_seconds", {}, refused, watch);
}

// A provider that thinks for a second before each answer.
TEST(SttSums, AreWhatTheProviderTook) {
  std::atomic<double> thought{0};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    while (connection.read_request()) {
      thought = thought + let_a_second_pass().count();
      if (!connection.answer(200, R"({"text":"hello"})")) return;
    }
  }));
  Stage stage({{"STT_PROVIDERS", "openai"},
               {"STT_OPENAI_URL", provider.url("/v1")},
               {"STT_CONCURRENCY", "1"},
               {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  const Stopwatch watch;
  whole_call(stage.server, 50);
  ASSERT_TRUE(wait_until([&] { return metric(stage.server, "stt_job_seconds_count") == 1; }));
  for (const auto* name : {"stt_transcription_duration_seconds_sum", "stt_job_seconds_sum"}) {
    const auto counted = metric(stage.server, name);
    EXPECT_GE(counted, thought) << name;
    EXPECT_LE(counted, watch.passed().count()) << name;
  }
}

}  // namespace
}  // namespace srs::test
