#include "recording/silence.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

using std::chrono::seconds;

class SilenceTest : public testing::Test {
 protected:
  SilenceTest() {
    options_.no_media_timeout = seconds(10);
    options_.inactivity_timeout = seconds(20);
    options_.hold_timeout = seconds(100);
    options_.max_duration = seconds(0);
  }
  std::optional<EndReason> at(int second, std::optional<int> heard = std::nullopt,
                              std::optional<int> sign = std::nullopt) const {
    return silence_.end(options_, moment(heard), moment(sign ? sign : heard),
                        begin_ + seconds(second));
  }
  std::optional<WallTime> moment(std::optional<int> second) const {
    return second ? std::optional(begin_ + seconds(*second)) : std::nullopt;
  }

  Options options_;
  const WallTime begin_ = *from_rfc3339("2026-11-22T11:09:45Z");
  Silence silence_{begin_};
};

TEST_F(SilenceTest, EndsASessionThatNeverGetsMedia) {
  EXPECT_EQ(at(10), std::nullopt);
  EXPECT_EQ(at(11), EndReason::NoMedia);
}

TEST_F(SilenceTest, EndsASessionWhoseMediaStopped) {
  EXPECT_EQ(at(25, 5), std::nullopt);
  EXPECT_EQ(at(26, 5), EndReason::Inactivity);
}

TEST_F(SilenceTest, KeepsASessionThatIsMutedAndSendsRtcp) {
  EXPECT_EQ(at(26, 5, 20), std::nullopt);
  EXPECT_EQ(at(41, 5, 20), EndReason::Inactivity);
  EXPECT_EQ(at(11, std::nullopt, 10), EndReason::NoMedia) << "RTCP alone is no call";
}

TEST_F(SilenceTest, HasPatienceWithASessionOnHold) {
  EXPECT_TRUE(silence_.set_hold(true, begin_ + seconds(8)));
  EXPECT_FALSE(silence_.set_hold(true, begin_ + seconds(50))) << "it is on hold since then";
  EXPECT_EQ(at(108, 5), std::nullopt);
  EXPECT_EQ(at(109, 5), EndReason::Inactivity);
  EXPECT_EQ(at(109), EndReason::Inactivity) << "also where nothing was ever heard";
  EXPECT_EQ(at(109, 5, 108), EndReason::Inactivity) << "RTCP goes on while one holds";
  EXPECT_EQ(at(109, 30), std::nullopt) << "somebody speaks all the same";
}

TEST_F(SilenceTest, BeginsAnewWhereAHoldEnds) {
  silence_.set_hold(true, begin_ + seconds(1));
  EXPECT_TRUE(silence_.set_hold(false, begin_ + seconds(90)));
  EXPECT_EQ(at(100), std::nullopt);
  EXPECT_EQ(at(101), EndReason::NoMedia);
  EXPECT_EQ(at(110, 1), std::nullopt);
  EXPECT_EQ(at(111, 1), EndReason::Inactivity);
}

TEST_F(SilenceTest, EndsTheLongestSessionWhetherItSpeaksOrNot) {
  options_.max_duration = seconds(60);
  EXPECT_EQ(at(60, 60), std::nullopt);
  EXPECT_EQ(at(61, 61), EndReason::MaxDuration);
}

TEST_F(SilenceTest, WaitsForEverWhereALimitIsZero) {
  options_.no_media_timeout = options_.inactivity_timeout = options_.hold_timeout = seconds(0);
  EXPECT_EQ(at(1'000'000), std::nullopt);
  EXPECT_EQ(at(1'000'000, 1), std::nullopt);
  silence_.set_hold(true, begin_);
  EXPECT_EQ(at(1'000'000, 1), std::nullopt);
}

}  // namespace
}  // namespace srs::recording
