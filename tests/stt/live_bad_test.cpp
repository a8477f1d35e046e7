// Every live protocol against what no provider should say: each with its reason in the metrics and
// in what the recording is told.
#include "stt/fixture.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <srs/stt/live.hpp>

#include <atomic>
#include <functional>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using srs::test::Frames;

// How a protocol says these, as JSON texts.
struct LiveWords {
  const char* provider;
  std::string (*final)(const std::string& text, const std::string& start, const std::string& end);
};

std::string vosk_says(const std::string& text, const std::string& start, const std::string& end) {
  return R"({"text":")" + text + R"(","result":[{"word":")" + text + R"(","conf":7,"start":)" +
         start + R"(,"end":)" + end + "}]}";
}

std::string deepgram_says(const std::string& text, const std::string& start,
                          const std::string& end) {
  return R"({"type":"Results","is_final":true,"channel":{"alternatives":[{"transcript":")" + text +
         R"(","confidence":7,"words":[{"word":")" + text + R"(","start":)" + start + R"(,"end":)" +
         end + "}]}]}}";
}

void PrintTo(const LiveWords& words, std::ostream* out) {
  *out << words.provider;
}

class BadLiveTest : public PoolTest, public testing::WithParamInterface<LiveWords> {
 protected:
  // A second of sound to a provider that answers it with these bytes, in frames or as they are.
  using Script = std::function<void(PeerConnection&, Frames&)>;
  // `outcomes`: once that many results or failures came of it.
  void converse(Script script, double outcomes = 1) {
    HttpPeer peer([script = std::move(script)](PeerConnection& connection) {
      Frames frames(connection);
      if (!frames.accept()) return;
      while (const auto frame = frames.read())
        if (frame->opcode == 2) break;
      script(connection, frames);
      connection.wait_closed();
    });
    options.live.provider = GetParam().provider;
    options.live.first_pause = options.live.longest_pause = 10ms;
    options.live.last_words = 300ms;
    options.vosk.url = "ws://127.0.0.1:" + std::to_string(peer.port());
    options.deepgram.url = "http://127.0.0.1:" + std::to_string(peer.port());
    options.deepgram.api_key = "key";
    registry = std::make_unique<metrics::Registry>();
    WorkerPool reader(1, 100);
    {
      Live live(tasks, options, reader, tracer, *registry, log::Logger());
      const auto stream = live.open({"rec-1", 0, 8000, "", kTraceparent, "call-1", ""},
                                    [this](const LiveEvent& event) { heard.push_back(event); });
      for (int i = 0; i < 50; ++i) stream->feed(10s + i * 20ms, tone(0.02));
      EXPECT_TRUE(
          run_until([&] { return static_cast<double>(heard.size()) + errors() >= outcomes; }));
      bool done = false;
      stream->finish([&](const LiveEnd& told) {
        end = told;
        done = true;
      });
      ASSERT_TRUE(run_until([&] { return done; }));
    }
    ASSERT_TRUE(run_until([&] { return tasks.running() == 0; }));
  }
  std::string label() const { return std::string(GetParam().provider) + "/live"; }
  double failures(const std::string& reason) const {
    return metric("stt_transcription_errors_total{provider=\"" + label() + "\",reason=\"" + reason +
                  "\"}");
  }
  double mended() const { return metric("stt_answers_mended_total{provider=\"" + label() + "\"}"); }
  double errors() const {
    double all = 0;
    for (const auto* reason : {"not_json", "bad_answer", "too_large", "reset", "timeout"})
      all += failures(reason);
    return all;
  }

  std::vector<LiveEvent> heard;
  LiveEnd end;
};

TEST_P(BadLiveTest, HtmlIsNoAnswer) {
  converse([](auto&, Frames& frames) { frames.send("<html>Please log in</html>"); });
  EXPECT_GE(failures("not_json"), 1);
  EXPECT_EQ(end.reason, "timeout") << "nothing was heard";
  EXPECT_THAT(end.warnings, testing::Contains(testing::HasSubstr("no JSON")));
  EXPECT_TRUE(heard.empty());
}

TEST_P(BadLiveTest, HalfJsonIsNoAnswer) {
  const auto whole = GetParam().final("word", "0.1", "0.2");
  converse([&](auto&, Frames& frames) { frames.send(whole.substr(0, whole.size() / 2)); });
  EXPECT_GE(failures("not_json"), 1);
  EXPECT_EQ(end.reason, "timeout");
  EXPECT_THAT(end.warnings, testing::Contains(testing::HasSubstr("no JSON")));
  EXPECT_TRUE(heard.empty());
}

// RFC 6455 §8.1: a text that is not UTF-8 fails the connection.
TEST_P(BadLiveTest, InvalidUtf8EndsTheConnection) {
  const auto text = GetParam().final("caf\xE9", "0.1", "0.2");
  converse([&](auto&, Frames& frames) { frames.send(text); });
  EXPECT_GE(failures("bad_answer"), 1);
  EXPECT_EQ(end.reason, "bad_answer");
  EXPECT_TRUE(heard.empty());
}

TEST_P(BadLiveTest, WrongTimesAreMovedIntoTheCall) {
  const std::vector<std::pair<std::string, std::string>> times = {
      {"-7", "1e300"}, {"80", "90"}, {"0.5", "0.1"}, {"\"x\"", "null"}};
  for (const auto& [start, stop] : times) {
    heard.clear();
    const auto text = GetParam().final("word", start, stop);
    converse([&](auto&, Frames& frames) { frames.send(text); });
    ASSERT_EQ(heard.size(), 1U) << text;
    const auto& segment = heard[0].segment;
    EXPECT_EQ(segment.text, "word");
    EXPECT_GE(segment.start, 10s) << text;
    EXPECT_LE(segment.start, segment.end) << text;
    EXPECT_LE(segment.end, 11s) << text;
    EXPECT_EQ(mended(), 1) << text;
    EXPECT_THAT(end.warnings, testing::Contains(testing::HasSubstr("mended")));
  }
}

TEST_P(BadLiveTest, TwoGigabytesInOneMessageEndTheConnection) {
  std::atomic<std::size_t> sent{0};
  converse([&](PeerConnection& connection, Frames&) {
    connection.send(std::string_view("\x81\x7F\0\0\0\0\x80\0\0\0{\"text\":\"", 19));
    const std::string block(64 << 10, 'x');
    while (connection.send(block)) sent += block.size();
  });
  EXPECT_GE(failures("too_large"), 1);
  EXPECT_EQ(end.reason, "too_large");
  EXPECT_LT(sent, 64U << 20);
}

TEST_P(BadLiveTest, MoreThanAnybodyCanSayIsLeftOut) {
  const auto text = GetParam().final(std::string(10'000, 'x'), "0.1", "0.2");
  converse(
      [&](auto&, Frames& frames) {
        for (int i = 0; i < 100; ++i) frames.send(text);
      },
      100);
  EXPECT_GE(heard.size(), 1U);
  EXPECT_LT(heard.size(), 8U) << "of 20 kB each";
  EXPECT_GE(failures("bad_answer"), 90);
  EXPECT_THAT(end.warnings, testing::Contains(testing::HasSubstr("more than anybody can say")));
}

INSTANTIATE_TEST_SUITE_P(Of, BadLiveTest,
                         testing::Values(LiveWords{"vosk", &vosk_says},
                                         LiveWords{"deepgram", &deepgram_says}),
                         [](const auto& words) { return std::string(words.param.provider); });

}  // namespace
}  // namespace srs::stt::test
