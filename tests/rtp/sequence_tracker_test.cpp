#include <gtest/gtest.h>
#include <rtp/sequence_tracker.hpp>

#include <vector>

namespace srs::rtp {
namespace {

using Arrival = SequenceTracker::Arrival;

// A sender of 20 ms of 8 kHz audio, whose timestamps go with its sequence numbers.
class Tracked : public testing::Test {
 protected:
  Arrival at(std::uint16_t sequence) {
    // Signed, so that timestamps go on where the numbers wrap.
    return at(sequence, static_cast<std::uint32_t>(static_cast<std::int16_t>(sequence) * 160));
  }
  Arrival at(std::uint16_t sequence, std::uint32_t timestamp) {
    const auto arrival = tracker.update(sequence, timestamp);
    if (arrival == Arrival::Duplicate)
      ++duplicates;
    else
      ++packets;
    if (arrival == Arrival::Reordered) ++reordered;
    return arrival;
  }
  void run(std::uint16_t first, int count) {
    for (int i = 0; i < count; ++i) at(static_cast<std::uint16_t>(first + i));
  }
  std::int64_t lost() const { return static_cast<std::int64_t>(tracker.expected()) - packets; }

  SequenceTracker tracker;
  int packets = 0, duplicates = 0, reordered = 0;
};

TEST_F(Tracked, ExpectsNothingBeforeTheFirstPacket) {
  EXPECT_EQ(tracker.expected(), 0u);
}

TEST_F(Tracked, CountsOneTwoFourThreeFiveAsReorderedAndNotLost) {
  for (const std::uint16_t sequence : {1, 2, 4, 3, 5}) at(sequence);
  EXPECT_EQ(packets, 5);
  EXPECT_EQ(reordered, 1);
  EXPECT_EQ(duplicates, 0);
  EXPECT_EQ(lost(), 0);
}

TEST_F(Tracked, CountsAGapAsLost) {
  run(100, 10);
  run(115, 10);
  EXPECT_EQ(lost(), 5);
}

TEST_F(Tracked, SeesADuplicateAtOnceAndLate) {
  run(1, 3);
  EXPECT_EQ(at(3), Arrival::Duplicate);
  run(4, 200);
  EXPECT_EQ(at(2), Arrival::Duplicate);
  EXPECT_EQ(lost(), 0);
}

TEST_F(Tracked, SeesADuplicateOfAReorderedPacket) {
  run(1, 3);
  at(5);
  EXPECT_EQ(at(4), Arrival::Reordered);
  EXPECT_EQ(at(4), Arrival::Duplicate);
}

TEST_F(Tracked, KnowsDuplicatesAfterItsWindowWentRound) {
  run(1, 10);
  at(300);
  run(301, 600);
  EXPECT_EQ(at(850), Arrival::Duplicate);
  EXPECT_EQ(lost(), 289);
}

TEST_F(Tracked, TakesALateOldPacketWithinAGapOnce) {
  run(1, 10);
  run(400, 10);
  EXPECT_EQ(at(200), Arrival::Reordered);
  EXPECT_EQ(at(200), Arrival::Duplicate);
  EXPECT_EQ(lost(), 388);
}

TEST_F(Tracked, GoesOnOverTheWrap) {
  run(0xFFF0, 40);
  EXPECT_EQ(lost(), 0);
  EXPECT_EQ(tracker.highest(), 0x10000u + 0x17);
}

TEST_F(Tracked, KnowsLatePacketsAndDuplicatesAcrossTheWrap) {
  at(0xFFFE);
  at(1);
  EXPECT_EQ(at(0xFFFF), Arrival::Reordered);
  EXPECT_EQ(at(0xFFFF), Arrival::Duplicate);
  EXPECT_EQ(at(0), Arrival::Reordered);
  EXPECT_EQ(lost(), 0);
}

TEST_F(Tracked, TakesAnOlderPacketThanTheFirst) {
  at(1);
  EXPECT_EQ(at(0), Arrival::Reordered);
  EXPECT_EQ(at(0xFFFF), Arrival::Reordered);
  EXPECT_EQ(tracker.expected(), 3u);
  EXPECT_EQ(lost(), 0);
}

TEST_F(Tracked, CountsManyCycles) {
  for (int cycle = 0; cycle < 3; ++cycle) run(0, 65536);
  EXPECT_EQ(tracker.expected(), 3u * 65536);
  EXPECT_EQ(tracker.highest(), 3u * 65536 - 1);
}

TEST_F(Tracked, BeginsAnewWhereTheSenderDoes) {
  run(50000, 100);
  at(1000, 7);
  EXPECT_EQ(at(1001, 167), Arrival::Restart);
  for (std::uint16_t i = 2; i < 50; ++i) at(1000 + i, 7 + 160U * i);
  EXPECT_EQ(tracker.expected(), 150u) << "the jump itself is no loss";
  EXPECT_EQ(lost(), 0);
}

TEST_F(Tracked, BeginsAnewBackwards) {
  run(3000, 100);
  at(10, 0);
  EXPECT_EQ(at(11, 160), Arrival::Restart);
  EXPECT_EQ(lost(), 0);
}

// Numbers that it used a moment ago, with timestamps that it did not.
TEST_F(Tracked, BeginsAnewALittleBackwards) {
  for (const std::uint32_t timestamp : {3100U * 160, 0x70000000U, 0xA0000000U}) {
    tracker = {};
    packets = duplicates = 0;
    run(3000, 100);
    at(3020, timestamp);
    EXPECT_EQ(at(3021, timestamp + 160), Arrival::Restart) << timestamp;
    for (std::uint16_t i = 2; i < 100; ++i) at(3020 + i, timestamp + i * 160U);
    EXPECT_EQ(duplicates, 0);
    EXPECT_EQ(packets, 200);
    EXPECT_EQ(lost(), 0);
  }
}

TEST_F(Tracked, CountsASingleStrayForItself) {
  run(1, 100);
  at(30000, 5);
  run(101, 100);
  EXPECT_EQ(tracker.expected(), 201u);
  EXPECT_EQ(lost(), 0);
  EXPECT_EQ(at(30000, 5), Arrival::Duplicate);
}

TEST_F(Tracked, DoesNotExplodeWhereTwoSendersShareAnSsrc) {
  for (std::uint16_t i = 0; i < 200; ++i) {
    at(1000 + i, i * 160U);
    at(40000 + i, 99 + i * 160U);
  }
  EXPECT_EQ(lost(), 0);
}

TEST_F(Tracked, CountsAnOutageOfMinutesAsLoss) {
  run(1, 100);
  run(5101, 100);  // 100 s later, the timestamps gone on as well
  EXPECT_EQ(lost(), 5000);
}

TEST_F(Tracked, CountsNoLossOverAHold) {
  run(1, 100);
  at(101, 100 * 160 + 8000 * 30);
  at(102, 101 * 160 + 8000 * 30);
  EXPECT_EQ(lost(), 0);
}

}  // namespace
}  // namespace srs::rtp
