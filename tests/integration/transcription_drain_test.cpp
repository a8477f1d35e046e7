// What becomes of requests to a provider when the server is told to end.
#include "support/audio.hpp"
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "util/http_client/http_peer.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>

namespace srs::test {
namespace {

// Holds each request until it is let go, and answers what is held then.
class SlowProvider {
 public:
  unsigned asked() const { return asked_; }
  unsigned held() const { return asked_ - answered_; }
  void let_go() { ++round_; }
  void let_all_go() { holding_ = false; }
  std::string url() const { return peer_.url("/v1"); }

 private:
  void serve(PeerConnection& connection) {
    while (connection.read_request()) {
      const unsigned round = round_;
      ++asked_;
      wait_until([&] { return !holding_ || round_ != round; });
      ++answered_;
      if (!connection.answer(200, R"({"text": "hello"})")) return;
    }
  }

  std::atomic<unsigned> asked_{0};
  std::atomic<unsigned> answered_{0};
  std::atomic<unsigned> round_{0};
  std::atomic<bool> holding_{true};
  HttpPeer peer_{HttpPeer::Script([this](PeerConnection& connection) { serve(connection); })};
};

class TranscriptionDrain : public ::testing::Test {
 protected:
  TranscriptionDrain()
      : server_({{"STT_PROVIDERS", "openai"},
                 {"OPENAI_BASE_URL", provider_.url()},
                 {"STT_CONCURRENCY", "4"},
                 {"RTP_QUARANTINE", "0s"},
                 {"SERVER_DRAIN_TIMEOUT", "1h"},
                 {"STT_PIECE_SILENCE_DB", "-90"}}) {}

  // Two channels with sound: two pieces.
  void place_call() {
    SrcCall call(server_);
    EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
    RtpSource alice(0, 0xA11CE);
    RtpSource bob(0, 0xB0B);
    call.send_packets(0, alice, 20);
    call.send_packets(1, bob, 20);
    EXPECT_EQ(call.bye().status(), 200);
  }

  std::size_t transcribed() const {
    std::size_t count = 0;
    for (const auto& recording : all_recordings(server_.recordings()))
      if (recording.metadata.value(nlohmann::json::json_pointer("/transcription/state"), "") ==
          "complete")
        ++count;
    return count;
  }

  SlowProvider provider_;
  ServerProcess server_;
};

TEST_F(TranscriptionDrain, AsksForEachPieceOnceHoweverOftenTheServerIsRestarted) {
  constexpr unsigned kCalls = 8;
  ASSERT_TRUE(server_.start());
  for (unsigned i = 0; i < kCalls; ++i) place_call();
  for (int restarts = 0; restarts < 3; ++restarts) {
    ASSERT_TRUE(wait_until([&] { return provider_.held() == 4; })) << provider_.held();
    const auto asked = provider_.asked();
    server_.signal(SIGTERM);
    ASSERT_TRUE(server_.wait_for_log("draining", kSoon));
    provider_.let_go();
    EXPECT_EQ(server_.wait_exit(kSoon), 0);
    EXPECT_EQ(provider_.asked(), asked) << "told to end, it began something new";
    ASSERT_TRUE(server_.start());
  }
  provider_.let_all_go();
  EXPECT_TRUE(wait_until([&] { return transcribed() == kCalls; })) << transcribed();
  EXPECT_EQ(provider_.asked(), 2 * kCalls);
}

TEST_F(TranscriptionDrain, IsCutByTheSecondSignalAndMadeByTheNextProcess) {
  ASSERT_TRUE(server_.start());
  place_call();
  ASSERT_TRUE(wait_until([&] { return provider_.held() == 1; }));
  server_.signal(SIGTERM);
  ASSERT_TRUE(server_.wait_for_log("draining", kSoon));
  EXPECT_EQ(server_.log("draining").at(0).value("siprec.transcriptions", 0), 1);
  EXPECT_TRUE(server_.running());
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.wait_exit(kSoon), 0);
  EXPECT_EQ(server_.log("server_stopped").at(0).value("siprec.transcriptions_left", 0), 1);
  provider_.let_all_go();
  ASSERT_TRUE(server_.start());
  EXPECT_TRUE(wait_until([&] { return transcribed() == 1; }));
}

TEST_F(TranscriptionDrain, WaitsForRequestsNoLongerThanForCalls) {
  server_.set("SERVER_DRAIN_TIMEOUT", "1s");
  ASSERT_TRUE(server_.start());
  place_call();
  ASSERT_TRUE(wait_until([&] { return provider_.held() == 1; }));
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.wait_exit(kSoon), 0);
}

TEST_F(TranscriptionDrain, EndsAtOnceWhereRecordingsOnlyWait) {
  HttpPeer refusing(HttpPeer::Script([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(429, "", "Retry-After: 3600\r\n");
  }));
  server_.set("OPENAI_BASE_URL", refusing.url("/v1"));
  ASSERT_TRUE(server_.start());
  place_call();
  ASSERT_TRUE(wait_until([&] { return metric(server_, "stt_transcription_errors_total") >= 1; }));
  ASSERT_TRUE(wait_until([&] { return metric(server_, "stt_jobs_running") == 0; }));
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.wait_exit(kSoon), 0);
  EXPECT_EQ(server_.log("server_stopped").at(0).value("siprec.transcriptions_left", 0), 1);
}

}  // namespace
}  // namespace srs::test
