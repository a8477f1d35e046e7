#include "recording/files/media_source.hpp"

#include "call_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace srs::recording {
namespace {

using test::kMs;

class Source : public ::testing::Test {
 protected:
  bool add(std::uint16_t sequence, std::uint32_t timestamp, std::int64_t at_ms) {
    MediaPacket packet;
    packet.arrival = at_ms * kMs;
    packet.timestamp = timestamp;
    return source.add(packet, sequence, {MediaPayload::Kind::Audio, 0, "PCMU", 8000, 1, 8000});
  }
  std::vector<std::uint16_t> order() const {
    std::vector<std::uint16_t> numbers;
    for (const auto& packet : source.packets())
      numbers.push_back(static_cast<std::uint16_t>(packet.sequence));
    return numbers;
  }
  MediaSource source{7};
};

using Numbers = std::vector<std::uint16_t>;

TEST_F(Source, OrdersPacketsAcrossTheWrapAround) {
  for (const std::uint16_t number : {65534, 1, 65535, 0, 2})
    add(number, static_cast<std::uint16_t>(number + 2) * 160U, 0);
  EXPECT_EQ(order(), (Numbers{65534, 65535, 0, 1, 2}));
  EXPECT_EQ(source.lost(), 0U);
}

TEST_F(Source, DropsDuplicatesAndKeepsWhatOnlySharesTheNumber) {
  add(1, 160, 0);
  add(2, 320, 20);
  add(1, 160, 30);
  add(2, 99999, 40);
  EXPECT_EQ(source.duplicates(), 1U);
  EXPECT_EQ(order(), (Numbers{1, 2, 2}));
}

TEST_F(Source, CountsWhatIsMissing) {
  add(10, 0, 0);
  add(13, 480, 60);
  add(12, 320, 61);
  EXPECT_EQ(source.lost(), 1U);
}

// RFC 3550 §A.1.
TEST_F(Source, TakesALargeJumpForARestartAndNotForLoss) {
  add(100, 0, 0);
  add(101, 160, 20);
  add(40'000, 5, 40);
  add(40'001, 165, 60);
  add(39'000, 325, 80);
  EXPECT_EQ(source.lost(), 0U);
  EXPECT_EQ(order(), (Numbers{100, 101, 40'000, 40'001, 39'000}));
}

// A sender that begins again a little behind where it was: with its timestamps going on, or others.
TEST_F(Source, TakesAStepBackWhoseTimestampsDisagreeForARestart) {
  for (const std::uint32_t shift : {0U, 0x30000000U}) {
    source = MediaSource(7);
    for (std::uint16_t i = 0; i < 150; ++i) add(1000 + i, i * 160U, i * 20);
    for (std::uint16_t i = 150; i < 300; ++i) add(1000 + i - 100, i * 160U + shift, i * 20);
    EXPECT_EQ(source.duplicates(), 0U);
    EXPECT_EQ(source.lost(), 0U);
    ASSERT_EQ(source.packets().size(), 300U);
    for (std::size_t i = 0; i < 300; ++i)
      ASSERT_EQ(source.packets()[i].arrival, static_cast<std::int64_t>(i) * 20 * kMs) << i;
  }
}

TEST_F(Source, TakesTheSameNumbersAgainAfterSecondsForARestart) {
  for (const int begin : {0, 3000})
    for (std::uint16_t i = 0; i < 100; ++i) add(i, i * 160U, begin + i * 20);
  EXPECT_EQ(source.duplicates(), 0U);
  EXPECT_EQ(source.lost(), 0U);
  ASSERT_EQ(source.packets().size(), 200U);
  EXPECT_EQ(source.packets()[100].arrival, 3000 * kMs);
}

// As a network does that takes packets two ways.
TEST_F(Source, KnowsLatePacketsAndDuplicatesOfSomeHundredMilliseconds) {
  for (std::uint16_t i = 0; i < 400; ++i) {
    if (i % 20 != 0) add(i, i * 160U, i * 20);
    if (i >= 60 && i % 20 == 0) add(i - 60, (i - 60) * 160U, i * 20 + 1);
    if (i >= 60 && i % 20 == 10) add(i - 60, (i - 60) * 160U, i * 20 + 1);
  }
  EXPECT_EQ(source.duplicates(), 17U);
  EXPECT_EQ(source.lost(), 3U) << "the last late ones did not come";
  EXPECT_TRUE(std::is_sorted(source.packets().begin(), source.packets().end(),
                             [](auto& a, auto& b) { return a.timestamp < b.timestamp; }));
}

TEST_F(Source, DoesNotTakeAnOldPacketThatStraysInForLoss) {
  for (std::uint16_t i = 0; i < 200; ++i) {
    add(1000 + i, i * 160U, i * 20);
    if (i == 180) add(1030, 30 * 160U, 180 * 20 + 10);
  }
  EXPECT_EQ(source.lost(), 0U);
  EXPECT_EQ(source.duplicates(), 0U) << "three seconds late";
  EXPECT_EQ(source.packets().size(), 201U);
}

TEST_F(Source, EstimatesJitterAsTheRfcDoes) {
  // RFC 3550 §A.8 by hand: transit differences of 8 ms again and again, J += (|D| - J) / 16.
  double expected = 0;
  for (std::uint16_t i = 0; i < 200; ++i) {
    add(i, i * 160U, i * 20 + (i % 2 == 0 ? 0 : 8));
    if (i > 0) expected += (0.008 - expected) / 16;
  }
  EXPECT_NEAR(source.jitter_seconds(), expected, 1e-9);
}

TEST_F(Source, LeavesAPauseOutOfTheJitter) {
  for (std::uint16_t i = 0; i < 50; ++i) add(i, i * 160U, i * 20);
  for (std::uint16_t i = 50; i < 60; ++i) add(i, i * 160U, i * 20 + 10'000);
  EXPECT_LT(source.jitter_seconds(), 0.001);
}

TEST_F(Source, RefusesWhatComesFasterThanSoundCan) {
  std::size_t taken = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    taken += add(static_cast<std::uint16_t>(i), i, 0) ? 1 : 0;
  }
  EXPECT_EQ(taken, 5000U);
  EXPECT_TRUE(add(1, 1, 1000));
}

}  // namespace
}  // namespace srs::recording
