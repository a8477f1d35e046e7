#include <gtest/gtest.h>
#include <rtp/source.hpp>

namespace srs::rtp {
namespace {

using std::chrono::milliseconds;
constexpr WallTime arrival_of_zero{std::chrono::seconds(1795348965)};

class ASource : public testing::Test {
 protected:
  void at(std::uint16_t sequence, int after_ms = 0) {
    const Packet packet{{.sequence = sequence, .timestamp = sequence * 160U, .ssrc = 7}, {}};
    source.update(packet, arrival_of_zero + milliseconds(20 * sequence + after_ms), 8000, stats);
  }
  Source source;
  SourceStats stats{.ssrc = 7, .cname = {}};
};

TEST_F(ASource, KeepsItsFigures) {
  for (const std::uint16_t sequence : {10, 11, 13, 12, 13, 15}) at(sequence);
  EXPECT_EQ(stats.packets, 5u);
  EXPECT_EQ(stats.duplicates, 1u);
  EXPECT_EQ(stats.reordered, 1u);
  EXPECT_EQ(stats.expected, 6u);
  EXPECT_EQ(stats.lost(), 1u);
  EXPECT_EQ(stats.first_arrival, arrival_of_zero + milliseconds(200));
  EXPECT_EQ(stats.last_arrival, arrival_of_zero + milliseconds(300));
}

TEST_F(ASource, ReportsTheFractionLostSinceTheLastReport) {
  for (std::uint16_t i = 0; i < 100; ++i)
    if (i % 4 != 3) at(i);
  auto block = source.report(stats, arrival_of_zero);
  EXPECT_EQ(block.ssrc, 7u);
  EXPECT_EQ(block.fraction_lost, 24 * 256 / 99);  // the last one is not known to be missing
  EXPECT_EQ(block.cumulative_lost, 24);
  EXPECT_EQ(block.highest_sequence, 98u);

  for (std::uint16_t i = 99; i < 199; ++i) at(i);
  block = source.report(stats, arrival_of_zero);
  EXPECT_EQ(block.fraction_lost, 0) << "nothing was lost since";
  EXPECT_EQ(block.cumulative_lost, 24);
  EXPECT_EQ(block.highest_sequence, 198u);
}

// RFC 3550 §A.3: duplicates count as received there.
TEST_F(ASource, ReportsNegativeLossWhereDuplicatesCame) {
  for (std::uint16_t i = 0; i < 10; ++i) at(i), at(i);
  const auto block = source.report(stats, arrival_of_zero);
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, -10);
}

TEST_F(ASource, OwesAReportOnlyWherePacketsCame) {
  EXPECT_FALSE(source.owes_report(stats));
  at(1);
  EXPECT_TRUE(source.owes_report(stats));
  source.report(stats, arrival_of_zero);
  EXPECT_FALSE(source.owes_report(stats));
}

// RFC 3550 §6.4.1.
TEST_F(ASource, ReportsTheLastSenderReportAndItsAge) {
  at(1);
  EXPECT_EQ(source.report(stats, arrival_of_zero).last_sr, 0u);
  EXPECT_EQ(source.report(stats, arrival_of_zero).delay_since_sr, 0u);
  source.on_sender_report(0x1234'5678'9ABC'DEF0, arrival_of_zero);
  const auto block = source.report(stats, arrival_of_zero + milliseconds(1500));
  EXPECT_EQ(block.last_sr, 0x5678'9ABCu);
  EXPECT_EQ(block.delay_since_sr, 65536u + 32768);
}

// Both fields go round after 65536 s: of an older one no round trip can be told.
TEST_F(ASource, ReportsNoSenderReportThatIsTooOldForItsFields) {
  at(1);
  source.on_sender_report(0x1234'5678'9ABC'DEF0, arrival_of_zero);
  const auto last = source.report(stats, arrival_of_zero + std::chrono::seconds(65'535));
  EXPECT_EQ(last.last_sr, 0x5678'9ABCu);
  EXPECT_EQ(last.delay_since_sr, 65'535u << 16);
  for (const auto age : {std::chrono::hours(19), std::chrono::hours(24 * 30)}) {
    const auto block = source.report(stats, arrival_of_zero + age);
    EXPECT_EQ(block.last_sr, 0u);
    EXPECT_EQ(block.delay_since_sr, 0u);
  }
}

TEST_F(ASource, ReportsTheJitterInTimestampUnits) {
  for (std::uint16_t i = 0; i < 400; ++i) at(i, i % 2 == 0 ? 0 : 5);
  EXPECT_NEAR(source.report(stats, arrival_of_zero).jitter, 40, 1);
}

TEST_F(ASource, SeesWhereItsAddressMoved) {
  const auto here = *Endpoint::from("192.0.2.1", 4000);
  const auto there = *Endpoint::from("192.0.2.1", 4002);
  EXPECT_FALSE(source.moved(here)) << "the first address is no change";
  EXPECT_FALSE(source.moved(here));
  EXPECT_TRUE(source.moved(there));
  EXPECT_FALSE(source.moved(there));
}

}  // namespace
}  // namespace srs::rtp
