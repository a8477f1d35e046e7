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

TEST_F(FoldedTest, IsWrittenOutASecondAfterItsLastLineThoughNothingMoreHappens) {
  const auto wall = std::chrono::system_clock::now();  // add() may be told another clock
  for (int i = 0; i < 10; ++i) folded.add(wall + i * 10ms);
  write_overdue(*sink, Folded::Clock::now() + 500ms);
  EXPECT_EQ(sink->lines.size(), 1U);
  write_overdue(*sink, Folded::Clock::now() + 1s);
  write_overdue(*sink, Folded::Clock::now() + 2s);
  EXPECT_THAT(sink->lines, ElementsAre("warning [rtp] packet_malformed count=1",
                                       "warning [rtp] packet_malformed count=9"));
  folded.add(wall + 1500ms);
  EXPECT_EQ(sink->lines.size(), 2U) << "more than a line a second";
  folded.add(wall + 2100ms);
  EXPECT_EQ(sink->lines.size(), 3U);
}

TEST_F(FoldedTest, MayEndWithWhatItHoldsBack) {
  {
    Folded gone{Logger(sink, "rtp"), Level::Warning, "packet_malformed"};
    gone.add(start, 2);
    gone.add(start, 2);
  }
  write_overdue(*sink, Folded::Clock::now() + 1s);
  EXPECT_EQ(sink->lines.size(), 1U);
}

TEST_F(FoldedTest, GoesOnWhereTheClockWasSetBack) {
  folded.add(start);
  folded.add(start - 1h);
  EXPECT_EQ(sink->lines.size(), 2U);
}

}  // namespace
}  // namespace srs::log
