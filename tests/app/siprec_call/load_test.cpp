// Many calls: how many at once, how fast, and what arrives.
#include "app/siprec_call/scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace srs::test {
namespace {

TEST(Load, NeverHasMoreCallsAtOnceThanAsked) {
  Recorder recorder;
  CallerProcess caller(plain_call(recorder, {"--calls", "12", "--concurrent", "3", "--rate", "0",
                                             "--duration", "0.2", "--sender", "bulk"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  EXPECT_EQ(recorder.calls().size(), 12U);
  EXPECT_EQ(recorder.over(), 12U);
  EXPECT_EQ(recorder.most_at_once(), 3U);
}

TEST(Load, PlacesCallsAtTheirRate) {
  Recorder recorder;
  CallerProcess caller(plain_call(recorder, {"--calls", "21", "--rate", "40", "--no-media"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  const auto calls = recorder.calls();
  ASSERT_EQ(calls.size(), 21U);
  const std::chrono::duration<double> took =
      calls.back().requests.front().at - calls.front().requests.front().at;
  EXPECT_GE(took.count(), 0.45);  // 20 gaps of 25 ms; the first may be late
}

TEST(Load, CountsExactlyThePacketsThatArrive) {
  Recorder recorder;
  CallerProcess caller(plain_call(
      recorder, {"--calls", "8", "--rate", "0", "--duration", "0.6", "--sender", "bulk"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  std::size_t arrived = 0;
  std::set<std::uint32_t> ssrcs;
  for (const auto& call : recorder.calls()) {
    for (const auto& stream : call.streams) {
      arrived += stream.packets.size();
      ASSERT_FALSE(stream.packets.empty());
      ssrcs.insert(stream.packets.front().ssrc);
    }
  }
  EXPECT_EQ(ssrcs.size(), 16U);
  EXPECT_EQ(caller.json()["media"]["packets"], arrived);
  EXPECT_EQ(caller.json()["media"]["streams"], 16);
}

TEST(Load, TheBulkSenderCarriesTheSameAudio) {
  Recorder recorder;
  const TwoLegs legs(0.3);
  CallerProcess ortp(legs.call(recorder));
  CallerProcess bulk(legs.call(recorder, {"--sender", "bulk"}));
  ASSERT_EQ(ortp.wait(), 0) << ortp.err();
  ASSERT_EQ(bulk.wait(), 0) << bulk.err();
  const auto calls = recorder.calls();
  ASSERT_EQ(calls.size(), 2U);
  for (std::size_t leg = 0; leg < 2; ++leg) {
    const auto& one = calls[0].streams.at(leg).packets;
    const auto& other = calls[1].streams.at(leg).packets;
    // A busy machine costs a short call its last packets.
    const auto both = std::min(one.size(), other.size());
    ASSERT_GE(both, 5U);
    ASSERT_LE(std::max(one.size(), other.size()), 15U);
    for (std::size_t i = 0; i < both; ++i) {
      EXPECT_EQ(one[i].payload, other[i].payload);
      EXPECT_EQ(one[i].timestamp, one[0].timestamp + static_cast<std::uint32_t>(160 * i));
      EXPECT_EQ(other[i].sequence, static_cast<std::uint16_t>(other[0].sequence + i));
      EXPECT_EQ(other[i].timestamp, other[0].timestamp + static_cast<std::uint32_t>(160 * i));
    }
  }
}

}  // namespace
}  // namespace srs::test
