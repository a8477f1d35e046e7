// A Vosk server after the call.
#include "stt/fixture.hpp"
#include "util/http_client/websocket_peer.hpp"

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using srs::test::Frames;

class VoskTest : public PoolTest {
 protected:
  using Script = std::function<void(Frames&)>;
  void serve(Script script) {
    peer =
        std::make_unique<HttpPeer>([this, script = std::move(script)](PeerConnection& connection) {
          Frames frames(connection);
          const auto request = frames.accept();
          if (!request) return;
          asked.add(*request);
          script(frames);
        });
    options.providers = {"vosk"};
    options.vosk.url = "ws://127.0.0.1:" + std::to_string(peer->port());
    start();
  }
  void TearDown() override { expect_traced(asked); }

  Asked asked;
  std::unique_ptr<HttpPeer> peer;
};

TEST_F(VoskTest, AnswersEachMessageAndTheEnd) {
  std::atomic<std::size_t> bytes{0};
  serve([&](Frames& frames) {
    while (const auto frame = frames.read()) {
      if (frame->opcode == 8) return;
      if (frame->opcode == 1 && frame->data.find("eof") != std::string::npos)
        frames.send(
            R"({"result":[{"conf":0.9,"end":0.6,"start":0.2,"word":"good"}],"text":"good"})");
      if (frame->opcode != 2) continue;
      bytes += frame->data.size();
      frames.send(R"({"partial":"go"})");
    }
  });
  const auto job = spoken("a");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  const auto segment = transcript(job)["segments"][0];
  EXPECT_EQ(segment["text"], "good");
  EXPECT_EQ(segment["words"][0]["start_ms"], 200);
  EXPECT_EQ(segment["provider"], "vosk");
  EXPECT_EQ(bytes, 16'000U);  // a second of 16 bits at 8 kHz, without a header
}

TEST_F(VoskTest, IsGivenUpWhereItNeverAnswers) {
  options.timeout = 100ms;
  options.retry.attempts = 1;
  serve([](Frames& frames) {
    while (frames.read()) {
    }
  });
  pool->submit(spoken("a"));
  EXPECT_TRUE(run_until([&] {
    return metric(R"(stt_transcription_errors_total{provider="vosk",reason="timeout"})") > 0;
  }));
}

TEST_F(VoskTest, ThatAnswersNoJsonIsNoRecogniser) {
  options.retry.attempts = 1;
  serve([](Frames& frames) {
    while (frames.read()) frames.send("<html>");
  });
  pool->submit(spoken("a"));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "not_json");
}

TEST_F(VoskTest, EndsAtOnceWhereTheJobIsCancelled) {
  std::atomic<bool> spoken_to{false}, gone{false};
  serve([&](Frames& frames) {
    while (frames.read()) spoken_to = true;
    gone = true;
  });
  const auto job = spoken("a");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return spoken_to.load(); }));
  EXPECT_TRUE(cancel(job));
  EXPECT_TRUE(run_until([&] { return gone.load(); }));
}

}  // namespace
}  // namespace srs::stt::test
