#include "recording/files/timeline.hpp"

#include "call_builder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace srs::recording {
namespace {

using test::kMs;
constexpr std::int64_t kSecond = 1000 * kMs;

struct Sent {
  std::int64_t arrival;
  std::uint32_t timestamp;
  bool after_pause = false;
  bool follows = true;  // by its sequence number
};

std::vector<Timeline::Place> place(const std::vector<Sent>& packets) {
  Timeline timeline;
  for (const auto& each : packets)
    timeline.observe(each.arrival, each.timestamp, 8000, each.follows);
  timeline.settle();
  std::vector<Timeline::Place> places;
  for (const auto& each : packets)
    places.push_back(timeline.place(each.arrival, each.timestamp, 8000, each.after_pause));
  return places;
}

TEST(SenderClock, CountsOnAcrossTheWrapAround) {
  SenderClock clock;
  clock.read(0, 0xFFFFFFF0, 8000);
  EXPECT_EQ(clock.read(20 * kMs, 0xFFFFFFF0 + 160, 8000).time, 20 * kMs);
  EXPECT_EQ(clock.read(40 * kMs, 0xFFFFFFF0, 8000).time, 0);
}

TEST(SenderClock, DoesNotAddUpItsRoundingInHours) {
  SenderClock clock;
  std::uint32_t timestamp = 0;
  SenderClock::Reading reading;
  for (std::int64_t i = 0; i < 50 * 3600 * 4; ++i, timestamp += 441) {
    reading = clock.read(i * 10 * kMs, timestamp, 44100);
  }
  EXPECT_EQ(reading.time, (50LL * 3600 * 4 - 1) * 10 * kMs);
}

TEST(SenderClock, GoesOnWithTheArrivalsWhereTimestampsLeap) {
  SenderClock clock;
  clock.read(0, 0, 8000);
  const auto reading = clock.read(20 * kMs, 0x7FFFFFF0, 8000);
  EXPECT_TRUE(reading.leapt);
  EXPECT_EQ(reading.time, 20 * kMs);
}

TEST(Timeline, PutsEveryPacketWhereTheLeastDelayedOneWouldHaveCome) {
  std::mt19937 random(1);
  std::vector<Sent> packets;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    packets.push_back(
        {i * 20 * kMs + 5 * kMs + static_cast<std::int64_t>(random() % 30) * kMs, i * 160});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(places[i].time) / kMs, static_cast<double>(i) * 20 + 5, 4.1)
        << i;
    if (i > 0) {
      ASSERT_EQ(places[i].time - places[i - 1].time, 20 * kMs) << "moved by jitter at " << i;
    }
  }
}

TEST(Timeline, FollowsADriftingClockInStepsOfSamples) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 50 * 3600; ++i) {  // an hour at +100 ppm
    packets.push_back({i * 20 * kMs + i * 2000, static_cast<std::uint32_t>(i * 160)});
  }
  const auto places = place(packets);
  std::int64_t last = places[0].time;
  for (std::size_t i = 1; i < places.size(); ++i) {
    ASSERT_LE(std::abs(places[i].time - packets[i].arrival), 6 * kMs) << i;
    ASSERT_LE(std::abs(places[i].time - last - 20 * kMs), kSecond / 8000) << i;
    last = places[i].time;
  }
}

TEST(Timeline, KeepsTheTimestampsThroughANetworkStall) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 500; ++i) {
    const auto sent = i * 20 * kMs;
    const bool stalled = sent >= 4 * kSecond && sent < 6 * kSecond;
    packets.push_back({stalled ? 6 * kSecond : sent, static_cast<std::uint32_t>(i * 160)});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(places[i].time, static_cast<std::int64_t>(i) * 20 * kMs);
    EXPECT_EQ(places[i].new_segment, i == 0);
  }
}

TEST(Timeline, BeginsAnewAfterAHoldWhoseTimestampsStoodStill) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 400; ++i) {
    packets.push_back(
        {i * 20 * kMs + (i < 200 ? 0 : 10 * kSecond), static_cast<std::uint32_t>(i * 160)});
  }
  const auto places = place(packets);
  EXPECT_TRUE(places[200].new_segment);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(places[i].time, packets[i].arrival);
}

TEST(Timeline, NeedsNoNewOffsetAfterAHoldWhoseTimestampsWentOn) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 400; ++i) {
    const std::int64_t sent = i * 20 + (i < 200 ? 0 : 600'000);
    packets.push_back({sent * kMs, static_cast<std::uint32_t>(sent * 8)});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(places[i].time, packets[i].arrival);
    EXPECT_EQ(places[i].new_segment, i == 0);
  }
}

// A few samples' difference would tear the call from its own beginning and mend nothing.
TEST(Timeline, KeepsItsOffsetAfterAPauseThatChangedItByLessThanTheTolerance) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const std::int64_t sent = i * 20 + (i < 500 ? 0 : 60'000);
    packets.push_back(
        {sent * kMs + (i < 500 ? 0 : 1'500'000), static_cast<std::uint32_t>(sent * 8), i == 500});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i)
    EXPECT_EQ(places[i].time, static_cast<std::int64_t>(packets[i].timestamp) / 8 * kMs) << i;
}

TEST(Timeline, SettlesAtOnceAfterAPauseThatChangedItByMore) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const std::int64_t sent = i * 20 + (i < 500 ? 0 : 60'000);
    packets.push_back(
        {(sent + (i < 500 ? 0 : 30)) * kMs, static_cast<std::uint32_t>(sent * 8), i == 500});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(places[i].time, packets[i].arrival);
}

TEST(Timeline, BeginsAnewWhereTimestampsBeginAnew) {
  for (const std::uint32_t fresh : {0x80000000U, 40'000U, 5U}) {
    std::vector<Sent> packets;
    for (std::uint32_t i = 0; i < 400; ++i) {
      packets.push_back({i * 20 * kMs, (i < 200 ? 1'000'000 : fresh) + i * 160});
    }
    const auto places = place(packets);
    for (std::size_t i = 0; i < places.size(); ++i)
      EXPECT_EQ(places[i].time, packets[i].arrival) << fresh;
  }
}

TEST(Timeline, IsNotMisledByOnePacketWithAWrongTimestamp) {
  for (const std::int64_t wrong : {-80'000, 80'000, -2'000'000'000, 2'000'000'000}) {
    std::vector<Sent> packets;
    for (std::int64_t i = 0; i < 500; ++i) {
      packets.push_back(
          {i * 20 * kMs, static_cast<std::uint32_t>(i * 160 + (i == 250 ? wrong : 0))});
    }
    const auto places = place(packets);
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (i == 250) continue;  // itself anywhere near
      ASSERT_EQ(places[i].time, packets[i].arrival) << wrong << " at " << i;
    }
  }
}

// A path that becomes 100 ms longer and stays so is followed within seconds.
TEST(Timeline, FollowsAPathThatGetsLonger) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 3000; ++i) {
    packets.push_back(
        {i * 20 * kMs + (i < 1000 ? 0 : 100 * kMs), static_cast<std::uint32_t>(i * 160)});
  }
  const auto places = place(packets);
  EXPECT_EQ(places[500].time, packets[500].arrival);
  EXPECT_LE(std::abs(places[1000 + 750].time - packets[1000 + 750].arrival), 20 * kMs);
  for (std::size_t i = 1; i < places.size(); ++i) {
    ASSERT_LE(std::abs(places[i].time - places[i - 1].time - 20 * kMs), kMs) << i;
  }
}

// Packets came on evenly with numbers in a row, so it was not the network.
TEST(Timeline, BeginsAnewWhereASendersClockStepsALittle) {
  for (const std::int64_t step_ms : {60, 150, -60, -150}) {
    std::vector<Sent> packets;
    for (std::int64_t i = 0; i < 1000; ++i) {
      // Now this way, now that; a little jitter on top.
      const std::int64_t sent = i * 20 + (i >= 150 && i < 200 ? step_ms : 0) + 1000;
      packets.push_back({i * 20 * kMs + i * 7 % 3 * kMs, static_cast<std::uint32_t>(sent * 8)});
    }
    const auto places = place(packets);
    EXPECT_TRUE(places[150].new_segment && places[200].new_segment) << step_ms;
    for (std::int64_t i = 0; i < 1000; ++i) {
      ASSERT_EQ(places[static_cast<std::size_t>(i)].time, i * 20 * kMs) << step_ms << " at " << i;
    }
  }
}

TEST(Timeline, IsNotMisledByOnePacketWithASlightlyWrongTimestamp) {
  for (const std::int64_t wrong : {-1200, 1200}) {
    std::vector<Sent> packets;
    for (std::int64_t i = 0; i < 500; ++i) {
      packets.push_back(
          {i * 20 * kMs, static_cast<std::uint32_t>(i * 160 + (i == 250 ? wrong : 0))});
    }
    const auto places = place(packets);
    for (std::size_t i = 0; i < places.size(); ++i)
      ASSERT_EQ(places[i].time, packets[i].arrival) << wrong << " at " << i;
  }
}

TEST(Timeline, BeginsAnewAfterEachShortPauseWhoseTimestampsStoodStill) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 500; ++i)
    packets.push_back({(i * 20 + i / 50 * 150) * kMs, static_cast<std::uint32_t>(i * 160)});
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i)
    ASSERT_EQ(places[i].time, packets[i].arrival) << i;
}

// One such step may be a path that got longer. Several are not added up.
TEST(Timeline, IsNeverFurtherOffThanOneShortPauseWhoseTimestampsStoodStill) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 500; ++i)
    packets.push_back({(i * 20 + i / 50 * 90) * kMs, static_cast<std::uint32_t>(i * 160)});
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_GE(places[i].time, packets[i].arrival - 90 * kMs) << i;
    ASSERT_LE(places[i].time, packets[i].arrival) << i;
  }
}

// Silence suppression behind a bad network: a talk spurt's first packet may have been quick.
TEST(Timeline, TakesPausesOfTheSenderForNoStepWhateverTheJitter) {
  for (const std::int64_t jitter_ms : {0, 5, 30, 110}) {
    std::mt19937 random(7);
    std::vector<Sent> packets;
    std::int64_t sent = 0;
    for (std::int64_t i = 0; i < 5000; ++i, sent += 20) {
      if (random() % 25 == 0) sent += 20 * static_cast<std::int64_t>(random() % 20);
      const auto delay = static_cast<std::int64_t>(random()) % (jitter_ms + 1);
      packets.push_back({(sent + delay) * kMs, static_cast<std::uint32_t>(sent * 8)});
    }
    const auto places = place(packets);
    for (std::size_t i = 0; i < places.size(); ++i) {
      EXPECT_EQ(places[i].new_segment, i == 0) << jitter_ms << " at " << i;
      ASSERT_NEAR(static_cast<double>(places[i].time) / kMs, packets[i].timestamp / 8.0,
                  3 + jitter_ms / 10.0)
          << jitter_ms << " at " << i;
    }
  }
}

TEST(Timeline, TakesAShortStallAndItsBurstForNoStep) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const auto sent = i * 20 + i / 100 * 240;  // a pause every two seconds, in the stall too
    const bool stalled = sent >= 7'800 && sent < 8'300;
    packets.push_back(
        {(stalled ? 8'300 + i % 5 : sent) * kMs, static_cast<std::uint32_t>(sent * 8)});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(places[i].time, static_cast<std::int64_t>(packets[i].timestamp) / 8 * kMs) << i;
    EXPECT_EQ(places[i].new_segment, i == 0) << i;
  }
}

// The next packet then comes soon after the late one, as if it came in its time.
TEST(Timeline, TakesAStallThatEndsInAPauseOfTheSenderForNoStep) {
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 400; ++i) {
    const auto sent = i * 20 + (i > 200 ? 300 : 0);
    packets.push_back({(sent + (i == 200 ? 300 : 0)) * kMs, static_cast<std::uint32_t>(sent * 8)});
  }
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(places[i].time, static_cast<std::int64_t>(packets[i].timestamp) / 8 * kMs) << i;
    EXPECT_EQ(places[i].new_segment, i == 0) << i;
  }
}

TEST(Timeline, EndsInTimeHoweverManyJumpsThereAre) {
  std::mt19937 random(3);
  std::vector<Sent> packets;
  for (std::int64_t i = 0; i < 500'000; ++i)
    packets.push_back({i * 2 * kMs, static_cast<std::uint32_t>(random())});
  const auto places = place(packets);
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_LE(places[i].time, packets[i].arrival + kSecond);
    ASSERT_GE(places[i].time, packets[i].arrival - 60 * kSecond);
  }
}

}  // namespace
}  // namespace srs::recording
