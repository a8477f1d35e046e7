// Every provider over HTTP against a server that answers 200 and what it should not, at every step
// of its conversation: each with its reason in the metrics and in what the recording is told.
#include "stt/conversation.hpp"

#include <atomic>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class BadAnswersTest : public ConversationTest {
 protected:
  // Tried again, counted and told, whichever step was answered in that way; and heard then.
  void expect_tried_again(const Way& way, const std::string& reason) {
    const auto smooth = steps();
    for (std::size_t step = 0; step < smooth.size(); ++step) {
      if (is_unread(smooth[step])) continue;
      SCOPED_TRACE(smooth[step]);
      transcribe(step, way);
      EXPECT_EQ(failures(reason), 1);
      const auto& incidents = finished.back().incidents;
      ASSERT_EQ(incidents.size(), 1U);
      EXPECT_EQ(incidents[0].reason, reason);
      EXPECT_EQ(incidents[0].provider, options.providers.front());
    }
  }
  // All that matters of these answers is their status.
  static bool is_unread(const std::string& step) {
    return is_tidying(step) || step.starts_with("PUT ") ||
           step.find("/upload/") != std::string::npos ||
           step.ends_with("Transcribe.StartTranscriptionJob");
  }
  // The whole conversation, but for what is changed in the answer that has the words.
  Job changed(const std::vector<std::pair<const char*, const char*>>& changes) {
    const auto smooth = steps();
    const auto change = [&](PeerConnection& connection, std::string answer) {
      if (answer.find("there") != std::string::npos)
        for (const auto& [from, to] : changes)
          answer = std::regex_replace(answer, std::regex(from), to);
      connection.answer(200, answer);
    };
    return submit(0, change, true);
  }
  double mended() const {
    return metric("stt_answers_mended_total{provider=\"" + options.providers.front() + "\"}");
  }
};

TEST_P(BadAnswersTest, HtmlIsTriedAgain) {
  expect_tried_again(
      [](PeerConnection& connection, const std::string&) {
        connection.answer(200, "<html>Please log in</html>");
      },
      "not_json");
}

TEST_P(BadAnswersTest, HalfJsonIsTriedAgain) {
  expect_tried_again(
      [](PeerConnection& connection, const std::string& answer) {
        connection.answer(200, answer.substr(0, answer.size() / 2));
      },
      "not_json");
}

TEST_P(BadAnswersTest, TwoGigabytesAreCutOffAtTheConfiguredBound) {
  options.max_answer = 1 << 20;
  std::atomic<std::size_t> sent{0};
  std::size_t refused = 0;
  const auto smooth = steps();
  for (std::size_t step = 0; step < smooth.size(); ++step) {
    if (is_unread(smooth[step])) continue;
    SCOPED_TRACE(smooth[step]);
    submit(step, [&](PeerConnection& connection, const std::string&) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n");
      const std::string block(64 << 10, ' ');
      while (connection.send(block)) sent += block.size();
    });
    ASSERT_EQ(unfinished.size(), ++refused);
    EXPECT_EQ(unfinished.back().reason, "too_large");
    EXPECT_EQ(failures("too_large"), 1);
  }
  EXPECT_LT(sent, 256U << 20);
}

TEST_P(BadAnswersTest, InvalidUtf8IsMended) {
  const auto job = changed({{"hello", "caf\xE9"}});
  ASSERT_TRUE(unfinished.empty()) << unfinished.back().text;
  EXPECT_THAT(transcript(job)["segments"][0]["text"].get<std::string>(), HasSubstr("caf\uFFFD"));
  EXPECT_THAT(transcript(job)["warnings"].dump(), HasSubstr("UTF-8"));
  EXPECT_EQ(mended(), 1);
}

TEST_P(BadAnswersTest, WrongTimesAreMovedIntoTheRecording) {
  const auto job = changed({{"([:\"])0\\.1(00)?(?![0-9])", "$1-7"},
                            {"([:\"])0\\.9(00)?(?![0-9])", "$011e300"},
                            {":(100|500)\\b", ":-7000"},
                            {":(400|800|900)\\b", ":9e300"}});
  ASSERT_TRUE(unfinished.empty()) << unfinished.back().text;
  const auto result = transcript(job);
  ASSERT_FALSE(result["segments"].empty());
  EXPECT_THAT(result["segments"].dump(), HasSubstr("there"));
  for (const auto& segment : result["segments"]) {
    EXPECT_GE(segment["start_ms"], 0);
    EXPECT_LE(segment["start_ms"], segment["end_ms"]);
    EXPECT_LE(segment["end_ms"], 2000);
    for (const auto& word : segment.value("words", nlohmann::json::array()))
      EXPECT_LE(word["end_ms"], 2000);
  }
  EXPECT_THAT(result["warnings"].dump(), HasSubstr("times"));
  EXPECT_EQ(mended(), 1);
}

INSTANTIATE_TEST_SUITE_P(Of, BadAnswersTest, all_that_are_spoken_to(), name_of);

}  // namespace
}  // namespace srs::stt::test
