// Transcripts of live text alone are whole: redacted in text and sound, and delivered.
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>

namespace srs::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kToken = "let-me-change";

// Speaks as Vosk's server does: a card number, digit by digit, and all of it at the end.
void say_a_card(PeerConnection& connection) {
  Frames frames(connection);
  if (!frames.accept()) return;
  while (const auto frame = frames.read()) {
    if (frame->opcode == 2) frames.send(R"({"partial":"card 4111 11"})");
    if (frame->data.find("eof") == std::string::npos) continue;
    return frames.send(
        R"({"text":"card 4111 1111 1111 1111","result":[{"word":"card","start":0.1,"end":0.2},{"word":"4111 1111 1111 1111","start":0.4,"end":0.6}]})");
  }
}

class LiveDelivery : public ::testing::Test {
 protected:
  // Until metadata.json tells what became of it, and nothing is left to do.
  RecordingOnDisk outcome(const std::string& call_id) {
    RecordingOnDisk recording;
    EXPECT_TRUE(wait_until([&] {
      const auto found = wait_for_recording(server_.recordings(), call_id);
      if (!found || !found->metadata.contains("transcription")) return false;
      recording = *found;
      return true;
    }));
    return recording;
  }
  // The answer's status line.
  std::string ask(const std::string& method, const RecordingOnDisk& recording) {
    const auto id = recording.metadata.value("recording_id", "");
    HttpConnection connection("127.0.0.1", server_.http_port());
    connection.send(method + " /recordings/" + id + "/transcription HTTP/1.1\r\nHost: x\r\n" +
                    "Content-Length: 0\r\nAuthorization: Bearer " + kToken + "\r\n\r\n");
    return connection.line();
  }
  std::size_t taken() {
    const std::lock_guard lock(mutex_);
    return bodies_.size();
  }

  std::atomic<int> status_{200};
  std::mutex mutex_;
  std::vector<std::string> bodies_;  // what was posted, taken or not
  HttpPeer receiver_{HttpPeer::Script([this](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        bodies_.push_back(std::move(request->body));
      }
      if (!connection.answer(status_, "")) return;
    }
  })};
  HttpPeer vosk_{HttpPeer::Script(say_a_card)};
  ServerProcess server_{Settings{{"STT_LIVE_PROVIDER", "vosk"},
                                 {"VOSK_URL", "ws://127.0.0.1:" + std::to_string(vosk_.port())},
                                 {"STT_REDACTION_RULES", "card"},
                                 {"STT_REDACTION_AUDIO", "silence"},
                                 {"STT_RETRY_FIRST_PAUSE", "10ms"},
                                 {"STT_DELIVERY_URL", receiver_.url("/")},
                                 {"HTTP_ADMIN_TOKEN", kToken}}};
};

TEST_F(LiveDelivery, TakesACardOutOfTextAndSoundAndPostsTheTranscript) {
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  EXPECT_EQ(recording.metadata["transcription"].value("state", ""), "complete");
  EXPECT_THAT(recording.metadata["files"].dump(), HasSubstr("audio.redacted.wav"));
  const auto lines = read_file(recording.directory / "transcript.live.jsonl");
  EXPECT_THAT(lines, Not(HasSubstr("1111")));
  EXPECT_THAT(lines, HasSubstr(R"("redactions":[{"rule":"card")"));
  const auto written = read_file(recording.directory / "transcript.json");
  EXPECT_EQ(json::parse(written).at("redactions").size(), 1U);
  EXPECT_THAT(json::parse(written).at("segments")[0].value("text", ""), "card [card]");
  ASSERT_TRUE(wait_until([&] { return taken() == 1; }));
  EXPECT_EQ(bodies_[0], written);
  EXPECT_EQ(metric(server_, "stt_redactions_total", {R"(rule="card")"}), 1);
  EXPECT_TRUE(wait_until(
      [&] { return !std::filesystem::exists(recording.directory / "transcription.json"); }));
  EXPECT_THAT(ask("POST", recording), HasSubstr("409"));
  EXPECT_THAT(ask("DELETE", recording), HasSubstr("409"));
}

TEST_F(LiveDelivery, GoesOnAfterTheServersDeath) {
  status_ = 503;
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  ASSERT_TRUE(wait_until([&] { return taken() >= 1; }));
  server_.signal(SIGKILL);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  const auto before = taken();
  status_ = 200;
  ASSERT_TRUE(server_.start());
  ASSERT_TRUE(wait_until([&] {
    return taken() == before + 1 &&
           !std::filesystem::exists(recording.directory / "transcription.json");
  }));
  EXPECT_EQ(bodies_.back(), bodies_.front()) << "what was written is not made anew";
}

TEST_F(LiveDelivery, ThatIsRefusedCanBeAskedForAgainOrCancelled) {
  status_ = 410;
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  ASSERT_TRUE(wait_until([&] { return metric(server_, "stt_jobs_parked") == 1; }));
  EXPECT_THAT(ask("POST", recording), HasSubstr("202"));
  ASSERT_TRUE(wait_until([&] { return taken() == 2 && metric(server_, "stt_jobs_parked") == 1; }));
  EXPECT_THAT(ask("DELETE", recording), HasSubstr("202"));
  EXPECT_FALSE(std::filesystem::exists(recording.directory / "transcription.json"));
  EXPECT_TRUE(std::filesystem::exists(recording.directory / "transcript.json"));
}

}  // namespace
}  // namespace srs::test
