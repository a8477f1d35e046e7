// Speech, recorded by the running server and heard by a real recogniser: PocketSphinx, run by the
// command provider. That words come back on the right channel at the right time is what counts;
// whether they are the right words is the recogniser's business.
#include "support/call_player.hpp"
#include "support/call_score.hpp"
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/server_process.hpp"
#include "support/tools.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <sstream>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::Contains;
using ::testing::Not;

constexpr std::size_t kRate = 8000;
const auto kRecogniser = std::filesystem::path(SRS_SOURCE_DIR) / "deploy/recognisers/pocketsphinx";

struct Heard {
  std::string word;
  double start = 0;  // s
  double end = 0;
};
using Words = std::vector<Heard>;

std::vector<std::string> texts(const Words& words) {
  std::vector<std::string> out;
  for (const auto& word : words) out.push_back(word.word);
  return out;
}

// The longest common subsequence, as a share of the longer one.
double likeness(const Words& a, const Words& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j)
      best[i + 1][j + 1] =
          a[i].word == b[j].word ? best[i][j] + 1 : std::max(best[i][j + 1], best[i + 1][j]);
  const auto longer = std::max(a.size(), b.size());
  return longer == 0 ? 0
                     : static_cast<double>(best[a.size()][b.size()]) / static_cast<double>(longer);
}

Samples pause(double seconds) {
  return Samples(static_cast<std::size_t>(seconds * kRate));
}

Samples operator+(Samples a, const Samples& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

double seconds(const Samples& samples) {
  return static_cast<double>(samples.size()) / kRate;
}

// What the recogniser hears by itself.
Words recognised(const std::filesystem::path& wav) {
  Words words;
  for (const auto& line : lines_of(output_of(kRecogniser.string() + " '" + wav.string() + "'"))) {
    std::istringstream fields(line);
    Heard heard;
    if (fields >> heard.word >> heard.start >> heard.end) words.push_back(std::move(heard));
  }
  return words;
}

// The recogniser lets calls come before it (nice), and so does whatever else a busy machine builds:
// five seconds of work have taken a minute.
constexpr auto kPatience = 240s;

// Records a call of these two voices and waits for what was heard on each channel.
class RecognisedCall {
 public:
  RecognisedCall() : server_(settings()) {}

  void record(const Samples& caller, const Samples& callee) {
    ASSERT_TRUE(server_.start());
    SrcDialog dialog("heard");
    CallScore score(dialog, false, streams());
    score.speak(0, caller, 0, 0ms);
    score.speak(1, callee, 0, 0ms);
    const auto call = score.finish();
    ASSERT_TRUE(CallPlayer(call, server_.udp_port()).play().over);
    json transcription;
    ASSERT_TRUE(wait_until(
        [&] {
          const auto found = all_recordings(server_.recordings());
          if (found.empty()) return false;
          recording_ = found.front();
          transcription = recording_.metadata.value("transcription", json());
          return transcription.is_object();
        },
        kPatience));
    ASSERT_EQ(transcription.value("state", ""), "complete") << transcription;
    read(json::parse(read_file(recording_.directory / "transcript.json")));
  }

  const Words& caller() const { return channels_[0]; }
  const Words& callee() const { return channels_[1]; }

 private:
  static Settings settings() {
    return {{"STT_PROVIDERS", "command"},
            {"STT_COMMAND_PROGRAM", kRecogniser.string() + ",{audio}"},
            {"STT_COMMAND_OUTPUT", "words"}};
  }

  static std::vector<OfferedStream> streams() {
    std::vector<OfferedStream> out(2);
    out[1].label = "2";
    out[1].aor = "sip:bob@example.net";
    out[1].name = "Bob";
    return out;
  }

  void read(const json& transcript) {
    for (const auto& segment : transcript.at("segments")) {
      const auto channel = segment.at("channel").get<std::size_t>();
      ASSERT_LT(channel, 2U) << segment;
      const auto& stream = recording_.metadata.at("streams").at(channel);
      EXPECT_EQ(segment.value("participant", "-"), stream.value("participant", "")) << segment;
      for (const auto& word : segment.at("words"))
        channels_[channel].push_back({word.at("text"), word.value("start_ms", 0.0) / 1000,
                                      word.value("end_ms", 0.0) / 1000});
      ASSERT_FALSE(channels_[channel].empty()) << segment;
      EXPECT_LE(segment.value("start_ms", -1.0) / 1000, channels_[channel].back().start) << segment;
      EXPECT_GE(segment.value("end_ms", -1.0) / 1000, channels_[channel].back().end) << segment;
    }
  }

  ServerProcess server_;
  RecordingOnDisk recording_;
  Words channels_[2];
};

// All of the words lie there, and not all of them at one place of it.
void expect_within(const Words& words, double from, double to) {
  ASSERT_GE(words.size(), 3U);
  const double margin = 0.3;  // of the recogniser, and of the call's beginning
  for (const auto& heard : words) {
    EXPECT_GE(heard.start, from - margin) << heard.word;
    EXPECT_LE(heard.end, to + margin) << heard.word;
    EXPECT_LT(heard.start, heard.end) << heard.word;
  }
  EXPECT_GT(words.back().start - words.front().start, (to - from) / 2);
}

// It mishears a word now and then: two of these came from their speaker, none from the other.
void expect_mostly(const Words& own, const Words& others, const std::vector<std::string>& words) {
  const auto heard = texts(own);
  const auto known = std::count_if(words.begin(), words.end(), [&heard](const auto& word) {
    return std::find(heard.begin(), heard.end(), word) != heard.end();
  });
  EXPECT_GE(known, 2) << testing::PrintToString(heard);
  for (const auto& word : words) EXPECT_THAT(texts(others), Not(Contains(word)));
}

class Recogniser : public ::testing::Test {
 protected:
  void SetUp() override {
    SRS_REQUIRE_TOOL("pocketsphinx_continuous", "pocketsphinx");
    SRS_REQUIRE_TOOL("sox", "sox");
    const std::filesystem::path model = "/usr/share/pocketsphinx/model/en-us";
    if (std::filesystem::exists(model)) return;
    if (in_ci()) GTEST_FAIL() << model << " is not installed, and CI needs it";
    GTEST_SKIP() << model << " is not installed (apt-get install pocketsphinx-en-us)";
  }
  const TempDir directory_;
};

TEST_F(Recogniser, HearsTheWordsOfEachOnTheirChannelWhenTheyAreSpoken) {
  SRS_REQUIRE_TOOL("flite", "flite");
  const auto spoken = [&](const std::string& text) {
    const auto wide = (directory_ / "wide.wav").string();
    const auto narrow = (directory_ / "narrow.wav").string();
    EXPECT_EQ(run_tool("flite -voice rms -t '" + text + "' -o " + wide + " && sox " + wide +
                       " -r 8000 -b 16 " + narrow)
                  .exit_code,
              0);
    return read_sound(narrow).channels.at(0);
  };
  const auto question = spoken("Good morning. I am calling about the invoice for October.");
  const auto answer = spoken("Your order will arrive tomorrow afternoon.");
  RecognisedCall call;
  ASSERT_NO_FATAL_FAILURE(
      call.record(question + pause(seconds(answer)), pause(seconds(question)) + answer));
  expect_within(call.caller(), 0, seconds(question));
  expect_within(call.callee(), seconds(question), seconds(question + answer));
  expect_mostly(call.caller(), call.callee(), {"morning", "calling", "october"});
  expect_mostly(call.callee(), call.caller(), {"order", "tomorrow", "afternoon"});
}

TEST_F(Recogniser, HearsCapturedSpeechOnTheChannelAndAtTheTimeOfItsSpeaker) {
  SRS_REQUIRE_SHARED(captured, "captures/audio");
  const auto spoken = [&](const char* name) {
    const auto begin = (directory_ / name).string();
    EXPECT_EQ(run_tool("sox '" + (captured / name).string() + "' " + begin + " trim 0 4").exit_code,
              0);
    return std::pair(read_sound(begin).channels.at(0), recognised(begin));
  };
  const auto [question, question_words] = spoken("caller.wav");
  const auto [answer, answer_words] = spoken("callee.wav");
  RecognisedCall call;
  ASSERT_NO_FATAL_FAILURE(call.record(question + pause(4), pause(4) + answer));
  expect_within(call.caller(), 0, 4);
  expect_within(call.callee(), 4, 8);
  // It is unsure of these voices: a few milliseconds make other words. Yet each channel sounds more
  // like its own speaker than like the other.
  EXPECT_GT(likeness(call.caller(), question_words), likeness(call.caller(), answer_words));
  EXPECT_GT(likeness(call.callee(), answer_words), likeness(call.callee(), question_words));
}

}  // namespace
}  // namespace srs::test
