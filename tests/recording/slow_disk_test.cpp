#include "recording/slow_disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srs::recording {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct SlowDiskTest : testing::Test {
  void look(int second, std::chrono::nanoseconds stalled, std::uint64_t dropped = 0) {
    disk.look(begin + std::chrono::seconds(second), stalled, dropped);
  }
  SlowDisk disk;
  const SlowDisk::Clock::time_point begin = SlowDisk::Clock::now();
};

TEST_F(SlowDiskTest, ThatWorksIsNoTrouble) {
  look(1, 900ms);
  EXPECT_FALSE(disk.stands_still());
  EXPECT_THAT(disk.warning(), IsEmpty());
  EXPECT_THAT(disk.trouble(), IsEmpty());
}

TEST_F(SlowDiskTest, ThatStandsStillIsWarnedOfWhileMemoryTakesTheCalls) {
  look(1, 6s);
  EXPECT_TRUE(disk.stands_still());
  EXPECT_THAT(disk.warning(), HasSubstr("taken nothing for 6 s"));
  EXPECT_THAT(disk.trouble(), IsEmpty());
}

TEST_F(SlowDiskTest, ThatIsGoneTakesNoNewCallsUntilItIsBack) {
  look(1, 61s);
  EXPECT_THAT(disk.trouble(), HasSubstr("taken nothing for 61 s"));
  look(2, 0s);
  EXPECT_THAT(disk.trouble(), IsEmpty());
  EXPECT_THAT(disk.warning(), IsEmpty());
}

TEST_F(SlowDiskTest, ThatLosesMediaTakesNoNewCallsUntilItCatchesUp) {
  look(1, 0s, 7);
  EXPECT_THAT(disk.trouble(), HasSubstr("media is being lost"));
  look(3, 0s, 8);
  look(7, 0s, 8);
  EXPECT_THAT(disk.trouble(), HasSubstr("media is being lost"));
  look(8, 0s, 8);
  EXPECT_THAT(disk.trouble(), IsEmpty());
  EXPECT_THAT(disk.warning(), HasSubstr("media was lost"));
  look(302, 0s, 8);
  EXPECT_THAT(disk.warning(), HasSubstr("media was lost"));
  look(303, 0s, 8);
  EXPECT_THAT(disk.warning(), IsEmpty());
}

}  // namespace
}  // namespace srs::recording
