#include "log/recording_sink.hpp"

#include <srs/log/folded.hpp>

#include <gmock/gmock.h>

namespace srs::log {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct FoldedTest : testing::Test {
  std::shared_ptr<test::RecordingSink> sink = std::make_shared<test::RecordingSink>();
  Folded folded{Logger(sink, "rtp"), Level::Warning, "packet_malformed"};
  Folded::Clock::time_point start = Folded::Clock::now();
};

TEST_F(FoldedTest, WritesTheFirstOneAtOnce) {
  folded.add(start);
  EXPECT_THAT(sink->lines, ElementsAre("warning [rtp] packet_malformed count=1"));
}

TEST_F(FoldedTest, FoldsASecondsWorthIntoOneLine) {
  for (int i = 0; i < 1000; ++i) folded.add(start + i * 1ms);
  EXPECT_THAT(sink->lines, ElementsAre("warning [rtp] packet_malformed count=1"));
  folded.add(start + 1s, 5);
  EXPECT_THAT(sink->lines, ElementsAre("warning [rtp] packet_malformed count=1",
                                       "warning [rtp] packet_malformed count=1004"));
}

TEST_F(FoldedTest, WritesWhatIsLeftWhenItIsFlushedAndNothingTwice) {
  folded.add(start);
  folded.add(start + 1ms, 2);
  folded.flush();
  folded.flush();
  EXPECT_THAT(sink->lines, ElementsAre("warning [rtp] packet_malformed count=1",
                                       "warning [rtp] packet_malformed count=2"));
}

TEST_F(FoldedTest, SaysInTheLastLineWhatTheOneBeforeSaid) {
  folded.add(start, 1, [] { return Fields{{"source", "192.0.2.1:4000"}}; });
  folded.add(start + 1ms, 2, []() -> Fields { throw std::logic_error("no line is written"); });
  folded.flush();
  EXPECT_THAT(sink->lines,
              ElementsAre("warning [rtp] packet_malformed source=192.0.2.1:4000 count=1",
                          "warning [rtp] packet_malformed source=192.0.2.1:4000 count=2"));
}

TEST_F(FoldedTest, GoesOnWhereTheClockWasSetBack) {
  folded.add(start);
  folded.add(start - 1h);
  EXPECT_EQ(sink->lines.size(), 2U);
}

}  // namespace
}  // namespace srs::log
