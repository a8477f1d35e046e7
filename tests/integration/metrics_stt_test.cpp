// Figures of speech-to-text that move where a provider or a receiver is in trouble, read from the
// real /metrics.
#include "integration/metrics_stage.hpp"
#include "util/http_client/http_peer.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace srs::test {
namespace {

// A recogniser and a receiver of transcripts in one, each out of order until it is mended.
class TroubledPeer {
 public:
  Settings settings() const {
    return {{"STT_PROVIDERS", "openai"},
            {"STT_OPENAI_URL", peer_.url("/v1")},
            {"STT_PIECE_SILENCE_DB", "-90"},
            {"STT_RETRY_FIRST_PAUSE", "10ms"},
            {"STT_RETRY_LONGEST_PAUSE", "100ms"},
            {"STT_BREAKER_FAILURES", "2"},
            {"STT_BREAKER_PAUSE", "300ms"},
            {"STT_BREAKER_LONGEST_PAUSE", "300ms"},
            {"STT_DELIVERY_URL", peer_.url("/transcripts")}};
  }
  std::atomic<bool> hears{false};
  std::atomic<bool> takes{false};

 private:
  void serve(PeerConnection& connection) {
    while (const auto request = connection.read_request()) {
      const bool works = request->target == "/transcripts" ? takes : hears;
      // Latin-1, which no JSON may be.
      if (!connection.answer(works ? 200 : 503, works ? "{\"text\":\"caf\xE9\"}" : "")) return;
    }
  }
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

TEST(SttFigures, MoveWhereAProviderAndAReceiverAreOutOfOrder) {
  TroubledPeer peer;
  Stage stage(peer.settings());
  ASSERT_NO_FATAL_FAILURE(stage.start());
  whole_call(stage.server, 50);
  for (const auto* what :
       {"stt_retries_total{provider=\"openai\"}", "stt_breaker_state{provider=\"openai\"}",
        "stt_transcription_errors_total{provider=\"openai\",reason=\"server\"}"})
    EXPECT_TRUE(stage.moves(what)) << what;
  EXPECT_TRUE(wait_until([&] { return metric(stage.server, "stt_breaker_state") == 2; }));
  peer.hears = true;
  EXPECT_TRUE(stage.moves("stt_answers_mended_total{provider=\"openai\"}"));
  EXPECT_TRUE(wait_until([&] { return metric(stage.server, "stt_breaker_state") == 0; }));
  EXPECT_TRUE(stage.moves("stt_deliveries_total{result=\"failed\"}"));
  EXPECT_EQ(metric(stage.server, "stt_deliveries_total", {"delivered"}), 0);
  peer.takes = true;
  EXPECT_TRUE(stage.moves("stt_deliveries_total{result=\"delivered\"}"));
}

// Ten seconds of sound are there before a provider that nobody runs can have taken any.
TEST(SttFigures, TellOfLiveAudioThatNobodyHeard) {
  Stage stage({{"STT_LIVE_PROVIDER", "vosk"},
               {"VOSK_URL", "ws://127.0.0.1:1"},
               {"STT_LIVE_MAX_WAITING", "1s"}});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  auto call = stage.call();
  RtpSource alice(0, 0xA11CE);
  for (int second = 0; second < 10; ++second) call.send_packets(0, alice, 50);
  EXPECT_TRUE(stage.moves("stt_live_audio_dropped_seconds_total"));
  EXPECT_EQ(call.bye().status(), 200);
}

}  // namespace
}  // namespace srs::test
