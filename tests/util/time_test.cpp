#include <srs/util/time.hpp>

#include <gtest/gtest.h>

namespace srs {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kMoment = WallTime(std::chrono::seconds(1795345785)) + 123ms;  // 2026-11-22

TEST(Rfc3339, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(kMoment), "2026-11-22T11:09:45.123Z");
  EXPECT_EQ(to_rfc3339(kMoment + 999us), "2026-11-22T11:09:45.123Z");
  EXPECT_EQ(to_rfc3339(WallTime(-1ms)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, IsReadInTheFormsThatSrcsWrite) {
  for (const char* text :
       {"2026-11-22T11:09:45.123Z", "2026-11-22T11:09:45.123", "2026-11-22 11:09:45,123Z",
        "2026-11-22t11:09:45.123z", "2026-11-22T13:09:45.123+02:00", "2026-11-22T13:09:45.123+0200",
        "2026-11-22T13:09:45.123+02", "2026-11-22T06:09:45.123-05:00",
        " 2026-11-22T11:09:45.123000000999Z\n"}) {
    EXPECT_EQ(from_rfc3339(text), kMoment) << text;
  }
  EXPECT_EQ(from_rfc3339("2026-11-22T11:09:45+0000"), kMoment - 123ms);
  EXPECT_EQ(from_rfc3339("1970-01-01T00:00:00Z"), WallTime{});
}

TEST(Rfc3339, KnowsLeapDaysAndLeapSeconds) {
  EXPECT_TRUE(from_rfc3339("2024-02-29T00:00:00Z"));
  EXPECT_FALSE(from_rfc3339("2023-02-29T00:00:00Z"));
  EXPECT_EQ(from_rfc3339("2016-12-31T23:59:60Z"), from_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Rfc3339, RefusesWhatIsNoDate) {
  for (const char* text :
       {"", "now", "2026-11-22", "2026-13-22T11:09:45Z", "2026-11-31T11:09:45Z",
        "2026-11-22T24:00:00Z", "2026-11-22T11:60:00Z", "2026-11-22T11:09:61Z", "2026-11-22T11:09Z",
        "2026-1-22T11:09:45Z", "+026-11-22T11:09:45Z", "1969-12-31T23:59:59Z",
        "9999-11-22T11:09:45Z", "2026-11-22T11:09:45X", "2026-11-22T11:09:45Zjunk",
        "2026-11-22T11:09:45+1", "2026-11-22T11:09:45+24:00", "2026-11-22T11:09:45+02:60",
        "2026-11-22T11:09:45+02:"}) {
    EXPECT_FALSE(from_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, ReadsBackWhatItWrote) {
  for (WallTime time{}; time < WallTime(std::chrono::hours(24 * 365 * 200)); time += 7919h + 1ms) {
    EXPECT_EQ(from_rfc3339(to_rfc3339(time)), time);
  }
}

}  // namespace
}  // namespace srs
