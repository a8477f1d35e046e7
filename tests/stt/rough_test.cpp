// Every provider over HTTP against a server whose answers come in pieces, too late, or not now; at
// every step of its conversation.
#include "stt/conversation.hpp"

#include <thread>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

class RoughTest : public ConversationTest {};

// Chunks that cut words, numbers and escapes, and are themselves torn.
TEST_P(RoughTest, IsUnderstoodInChunksWithPausesBetweenThem) {
  const auto in_chunks = [](PeerConnection& connection, const std::string& answer) {
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto part = answer.size() / 5 + 1;
    for (std::size_t at = 0; at < answer.size(); at += part) {
      const auto chunk = answer.substr(at, part);
      char size[32];
      std::snprintf(size, sizeof size, "%zx;pause=yes\r", chunk.size());
      connection.send(size);
      std::this_thread::sleep_for(5ms);
      connection.send("\n" + chunk.substr(0, chunk.size() / 2));
      std::this_thread::sleep_for(5ms);
      connection.send(chunk.substr(chunk.size() / 2) + "\r\n");
    }
    connection.send("0\r\n\r\n");
  };
  const auto smooth = steps();
  transcribe(0, in_chunks, true);
  EXPECT_EQ(steps(), smooth);
  EXPECT_EQ(paid(), 1U);
}

TEST_P(RoughTest, IsAskedAgainWhereItWasTooMuchAtAnyStep) {
  const auto smooth = steps();
  for (std::size_t step = 0; step < smooth.size(); ++step) {
    SCOPED_TRACE(smooth[step]);
    transcribe(step, [](PeerConnection& connection, const std::string&) {
      connection.answer(429, R"({"error":{"message":"slow down"}})", "Retry-After: 0\r\n");
    });
    EXPECT_EQ(failures("rate_limited"), is_tidying(smooth[step]) ? 0 : 1);
    EXPECT_EQ(paid(), 1U);
  }
}

TEST_P(RoughTest, IsLeftAloneAsLongAsItAsks) {
  std::chrono::steady_clock::time_point refused;
  transcribe(0, [&](PeerConnection& connection, const std::string&) {
    refused = std::chrono::steady_clock::now();
    connection.answer(429, R"({"error":{"message":"slow down"}})", "Retry-After: 1\r\n");
  });
  EXPECT_GE(std::chrono::steady_clock::now() - refused, 990ms);
  EXPECT_EQ(failures("rate_limited"), 1);
}

TEST_P(RoughTest, IsAskedAgainWhereItDidNotAnswerInTimeAtAnyStep) {
  const auto smooth = steps();
  options.timeout = 250ms;
  for (std::size_t step = 0; step < smooth.size(); ++step) {
    SCOPED_TRACE(smooth[step]);
    transcribe(step, [](PeerConnection& connection, const std::string& answer) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size() + 1) +
                      "\r\n\r\n" + answer.substr(0, answer.size() / 2));
      connection.wait_closed();
    });
    // On a busy machine others may be late too.
    EXPECT_GE(failures("timeout"), is_tidying(smooth[step]) ? 0 : 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, RoughTest, all_that_are_spoken_to(), name_of);

}  // namespace
}  // namespace srs::stt::test
