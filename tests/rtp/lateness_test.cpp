// What a live player with a delay of 100 ms would have missed.
#include "rtp/lateness.hpp"

#include <gtest/gtest.h>

namespace srs::rtp {
namespace {

constexpr std::uint32_t kRate = 8000;
constexpr std::uint32_t kPacket = 160;  // 20 ms

// Packet number `n`, `delay_ms` later than the network's fastest.
struct Player {
  bool late(std::uint32_t n, std::uint32_t delay_ms) {
    return lateness.update(first + n * kPacket, base + delay_ms * kRate / 1000, kRate);
  }
  Lateness lateness;
  std::uint32_t first = 1000;
  std::uint32_t base = 777;
};

TEST(Lateness, CountsAPacketBeyondThePlayoutDelay) {
  Player player;
  for (std::uint32_t n = 0; n < 10; ++n) EXPECT_FALSE(player.late(n, n % 3));
  EXPECT_FALSE(player.late(10, 100));
  EXPECT_TRUE(player.late(11, 110));
  EXPECT_FALSE(player.late(12, 0));
}

TEST(Lateness, MeasuresAgainstTheFastestPacketHoweverSlowTheFirstWas) {
  Player player;
  EXPECT_FALSE(player.late(0, 90));
  EXPECT_FALSE(player.late(1, 0));
  EXPECT_TRUE(player.late(2, 130));
}

TEST(Lateness, WorksWhereTimestampsAndTransitsWrap) {
  Player player;
  player.first = 0xFFFFFFFF - 5 * kPacket;
  player.base = 0xFFFFFFFF - 100;
  for (std::uint32_t n = 0; n < 20; ++n) EXPECT_FALSE(player.late(n, 10 * (n % 2))) << n;
  EXPECT_TRUE(player.late(20, 200));
}

TEST(Lateness, FollowsASenderWhoseClockDrifts) {
  Player player;
  // 50 parts in a thousand slow, far more than any clock: 1 ms a packet.
  for (std::uint32_t n = 0; n < 2000; ++n) {
    if (player.late(n, n / 20)) FAIL() << "packet " << n;
  }
}

TEST(Lateness, BeginsAnewWhereTheDelayItselfHasChanged) {
  Player player;
  std::uint32_t n = 0;
  for (; n < 20; ++n) player.late(n, 0);
  unsigned late = 0;
  for (; n < 220; ++n) late += player.late(n, 300) ? 1U : 0U;
  EXPECT_EQ(late, 50U);
}

TEST(Lateness, BeginsAnewWhereTimestampsJump) {
  Player player;
  player.late(0, 0);
  player.late(1, 0);
  EXPECT_FALSE(player.lateness.update(player.first + 3'000'000, player.base + 50'000, kRate));
}

TEST(Lateness, LeavesPacketsWithoutAPlaceOfTheirOwnAlone) {
  Player player;
  player.late(0, 0);
  EXPECT_FALSE(player.late(1, 0));
  EXPECT_FALSE(player.late(1, 160));  // the same telephone event, once more
}

TEST(Lateness, BeginsAnewWithAnotherClock) {
  Player player;
  player.late(0, 0);
  EXPECT_FALSE(player.lateness.update(2000, 999'999, 48000));
}

}  // namespace
}  // namespace srs::rtp
