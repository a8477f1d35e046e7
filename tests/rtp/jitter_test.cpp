#include <gtest/gtest.h>
#include <rtp/jitter.hpp>

#include <cmath>

namespace srs::rtp {
namespace {

using std::chrono::milliseconds;
constexpr WallTime first_arrival{std::chrono::seconds(1795348965)};

TEST(Jitter, IsNoneForAnEvenStream) {
  Jitter jitter;
  for (int i = 0; i < 100; ++i)
    jitter.update(static_cast<std::uint32_t>(160 * i), first_arrival + milliseconds(20 * i), 8000);
  EXPECT_EQ(jitter.value(), 0);
}

// RFC 3550 §6.4.1: J += (|D| - J) / 16.
TEST(Jitter, GrowsByASixteenthOfTheDifference) {
  Jitter jitter;
  jitter.update(0, first_arrival, 8000);
  jitter.update(160, first_arrival + milliseconds(30), 8000);  // 10 ms late: 80 units
  EXPECT_DOUBLE_EQ(jitter.value(), 80.0 / 16);
  jitter.update(320, first_arrival + milliseconds(40), 8000);  // 10 ms earlier again
  EXPECT_DOUBLE_EQ(jitter.value(), 5.0 + (80 - 5.0) / 16);
}

TEST(Jitter, ConvergesToTheAlternatingDelay) {
  Jitter jitter;
  for (int i = 0; i < 400; ++i) {
    jitter.update(static_cast<std::uint32_t>(960 * i),
                  first_arrival + milliseconds(20 * i + 4 * (i % 2)), 48000);
  }
  EXPECT_NEAR(jitter.value(), 4 * 48, 1);
}

TEST(Jitter, GoesOnOverTheWrapOfTheTimestamp) {
  Jitter jitter;
  for (int i = 0; i < 10; ++i)
    jitter.update(0xFFFFFF00U + static_cast<std::uint32_t>(160 * i),
                  first_arrival + milliseconds(20 * i), 8000);
  EXPECT_EQ(jitter.value(), 0);
}

// RFC 4733 §2.3.2: all packets of an event carry the timestamp of its beginning.
TEST(Jitter, IsNotRaisedByATelephoneEvent) {
  Jitter jitter;
  for (int i = 0; i < 10; ++i)
    jitter.update(static_cast<std::uint32_t>(160 * i), first_arrival + milliseconds(20 * i), 8000);
  for (int i = 10; i < 20; ++i) jitter.update(1600, first_arrival + milliseconds(20 * i), 8000);
  jitter.update(3200, first_arrival + milliseconds(400), 8000);
  EXPECT_EQ(jitter.value(), 0);
}

TEST(Jitter, IsNotRaisedWhereTimestampsStoodStillOverAHold) {
  Jitter jitter;
  jitter.update(0, first_arrival, 8000);
  jitter.update(160, first_arrival + std::chrono::seconds(30), 8000);
  jitter.update(320, first_arrival + std::chrono::seconds(30) + milliseconds(20), 8000);
  EXPECT_EQ(jitter.value(), 0);
}

TEST(Jitter, BeginsAnewWithAnotherClock) {
  Jitter jitter;
  jitter.update(0, first_arrival, 8000);
  jitter.update(160, first_arrival + milliseconds(50), 8000);
  ASSERT_GT(jitter.value(), 0);
  jitter.update(500000, first_arrival + milliseconds(70), 48000);
  EXPECT_EQ(jitter.value(), 0);
  jitter.update(500960, first_arrival + milliseconds(90), 48000);
  EXPECT_EQ(jitter.value(), 0);
}

}  // namespace
}  // namespace srs::rtp
