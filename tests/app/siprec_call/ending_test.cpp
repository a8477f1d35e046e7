// Ctrl-C, in all its moments.
#include "app/siprec_call/scene.hpp"
#include "support/wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace srs::test {
namespace {

using ::testing::HasSubstr;

// Every one of `count` calls has sent something on its first stream.
bool receives_media(const Recorder& recorder, std::size_t count = 1) {
  const auto calls = recorder.calls();
  return calls.size() == count && std::ranges::all_of(calls, [](const auto& call) {
           return !call.streams.empty() && !call.streams[0].packets.empty();
         });
}

TEST(CtrlC, HangsUpWithBye) {
  Recorder recorder;
  CallerProcess caller(plain_call(recorder, {"--duration", "600"}));
  ASSERT_TRUE(wait_until([&] { return receives_media(recorder); }));
  caller.signal(SIGINT);
  EXPECT_EQ(caller.wait(), 0) << caller.err();
  EXPECT_EQ(recorder.calls().at(0).of("BYE").size(), 1U);
  EXPECT_THAT(caller.err(), HasSubstr("hanging up"));
  EXPECT_EQ(caller.json()["interrupted"], true);
}

TEST(CtrlC, HangsUpEveryCallAndPlacesNoMore) {
  Recorder recorder;
  CallerProcess caller(plain_call(recorder, {"--calls", "1000", "--concurrent", "5", "--rate", "0",
                                             "--duration", "600", "--sender", "bulk"}));
  ASSERT_TRUE(wait_until([&] { return receives_media(recorder, 5); }));
  caller.signal(SIGTERM);
  EXPECT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  EXPECT_EQ(recorder.calls().size(), 5U);
  EXPECT_EQ(recorder.over(), 5U);
}

TEST(CtrlC, CancelsACallThatIsNotAnsweredYet) {
  Recorder recorder({.status = 0});
  CallerProcess caller(plain_call(recorder));
  ASSERT_TRUE(wait_until([&] { return !recorder.calls().empty(); }));
  caller.signal(SIGINT);
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_EQ(recorder.calls().at(0).of("CANCEL").size(), 1U);
}

TEST(CtrlC, TwiceWaitsForNobody) {
  Recorder recorder({.bye_status = 0});
  CallerProcess caller(plain_call(recorder, {"--duration", "600"}));
  ASSERT_TRUE(wait_until([&] { return receives_media(recorder); }));
  caller.signal(SIGINT);
  ASSERT_TRUE(wait_until([&] { return recorder.over() == 1; }));
  caller.signal(SIGINT);
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("BYE got no answer"));
}

}  // namespace
}  // namespace srs::test
