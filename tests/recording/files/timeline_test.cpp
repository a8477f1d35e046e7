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
};

std::vector<Timeline::Place> place(const std::vector<Sent>& packets) {
  Timeline timeline;
  for (const auto& [arrival, timestamp, after_pause] : packets)
    timeline.observe(arrival, timestamp, 8000);
  timeline.settle();
  std::vector<Timeline::Place> places;
  for (const auto& [arrival, timestamp, after_pause] : packets) {
    places.push_back(timeline.place(arrival, timestamp, 8000, after_pause));
  }
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
