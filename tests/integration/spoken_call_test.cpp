// Calls of our own, spoken to the real server in real time: the paths of the captured calls, for
// whoever has only this repository.
#include "integration/recorded_call.hpp"
#include "support/call_score.hpp"
#include "support/files.hpp"

#include <gtest/gtest.h>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

const auto kCallerWav = own_data("audio/caller.wav");
const auto kCalleeWav = own_data("audio/callee.wav");

OfferedStream stream(std::string label, std::string aor, std::string formats = "0 8 101") {
  OfferedStream out;
  out.label = std::move(label);
  out.aor = std::move(aor);
  out.formats = std::move(formats);
  return out;
}

// Two legs, caller and callee, and what the test makes of them before the score is written out.
class SpokenCall {
 public:
  SpokenCall(std::vector<OfferedStream> streams, bool tcp, std::uint8_t payload_type,
             std::vector<std::filesystem::path> voices = {kCallerWav, kCalleeWav})
      : dialog_("spoken", tcp), score_(dialog_, tcp, streams) {
    expected_.codec = payload_type == 0 ? "PCMU" : "PCMA";
    for (std::size_t i = 0; i < streams.size(); ++i) {
      expected_.legs.push_back({streams[i].label, voices[i], streams[i].aor, {}, 0});
      score_.speak(i, read_sound(voices[i]).channels[0], payload_type, i == 0 ? 0ms : 27ms);
    }
  }

  CallScore& score() { return score_; }
  void expect_digits(std::size_t leg, std::string digits) {
    expected_.legs[leg].dtmf = std::move(digits);
  }

  void record() {
    expected_.call = score_.finish();
    expected_.metadata = score_.documents();
    for (std::size_t i = 0; i < expected_.legs.size(); ++i)
      expected_.legs[i].duplicates = score_.duplicates(i);
    ServerProcess server;
    ASSERT_TRUE(server.start());
    play_and_check(expected_, server);
  }

 private:
  SrcDialog dialog_;
  CallScore score_;
  ExpectedCall expected_;
};

std::vector<OfferedStream> alice_and_bob() {
  return {stream("1", "sip:alice@example.net"), stream("2", "sip:bob@example.net")};
}

TEST(SpokenCall, OverUdpInPcmuIsRecordedAsItWasSpoken) {
  SpokenCall(alice_and_bob(), false, 0).record();
}

TEST(SpokenCall, OverTcpInPcmaIsRecordedAsItWasSpoken) {
  SpokenCall({stream("16777227", "sip:alice@example.net", "8 101"),
              stream("main.b", "sip:bob@example.net", "8 101")},
             true, 8)
      .record();
}

TEST(SpokenCall, StaysAlignedAndSilentOverAHoldAndKeepsItsDigits) {
  SpokenCall call(alice_and_bob(), false, 0);
  call.score().dial(0, "17*", 1000ms);
  call.score().dial(1, "D#", 2000ms);
  call.score().hold(4000ms, 1500ms);
  call.expect_digits(0, "17*");
  call.expect_digits(1, "D#");
  call.record();
}

TEST(SpokenCall, AttributesEachChannelByItsLabelAndNotByItsPlace) {
  // The first m-line is the callee's, and the labels are numbered the other way round.
  SpokenCall({stream("2", "sip:bob@example.net"), stream("1", "sip:alice@example.net")}, false, 0,
             {kCalleeWav, kCallerWav})
      .record();
}

TEST(SpokenCall, IsWholeThoughPacketsComeLateAndTwice) {
  SpokenCall call(alice_and_bob(), false, 0);
  call.score().disorder(0, 10);
  call.score().disorder(1, 7);
  call.record();
}

}  // namespace
}  // namespace srs::test
