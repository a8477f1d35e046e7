#include "support.hpp"

#include <srs/rtp/bulk_sender.hpp>

#include <map>

namespace srs::rtp {
namespace {

using srs::test::wait_until;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using test::Octets;
using test::Peer;

const Octets frame(160, 0xD5);

BulkStream stream_to(const Peer& peer, std::uint32_t ssrc, std::uint64_t frames) {
  return {.destination = peer.endpoint(), .ssrc = ssrc, .payload = [frames](std::uint64_t index) {
            return index < frames ? Bytes(frame) : Bytes();
          }};
}

TEST(BulkSender, SendsEveryFrameOfEachStream) {
  const auto sender = BulkSender::open({.sockets = 2, .frame = milliseconds(5)}).value();
  Peer peer;
  constexpr std::uint32_t streams = 20;
  for (std::uint32_t ssrc = 0; ssrc < streams; ++ssrc) sender->add(stream_to(peer, ssrc, 10));
  std::map<std::uint32_t, int> next;
  for (std::uint32_t i = 0; i < streams * 10; ++i) {
    const auto bytes = peer.receive(2000);
    const auto packet = parse_packet(bytes);
    ASSERT_TRUE(packet) << i;
    const auto expected = next[packet->header.ssrc]++;
    EXPECT_EQ(packet->header.sequence, expected);
    EXPECT_EQ(packet->header.timestamp, expected * 160u);
    EXPECT_EQ(packet->header.marker, expected == 0);
    EXPECT_EQ(packet->payload.size(), 160u);
  }
  EXPECT_EQ(next.size(), streams);
  ASSERT_TRUE(wait_until([&] { return sender->stats().active == 0; }));
  const auto stats = sender->stats();
  EXPECT_EQ(stats.packets, streams * 10);
  EXPECT_EQ(stats.bytes, streams * 10 * 172u);
  EXPECT_EQ(stats.failed, 0u);
  EXPECT_GT(stats.ticks, 0u);
}

// Whatever the tick: a slot's share of the frame is no whole number of milliseconds.
TEST(BulkSender, KeepsTheFrameBetweenTwoPacketsOfAStreamWithTicksOfAnyLength) {
  for (const auto tick :
       {microseconds(50), microseconds(100), microseconds(700), microseconds(5000)}) {
    const auto sender = BulkSender::open({.frame = milliseconds(5), .tick = tick}).value();
    Peer peer;
    constexpr int frames = 20;
    const auto start = std::chrono::steady_clock::now();
    sender->add(stream_to(peer, 1, frames));
    ASSERT_TRUE(wait_until([&] { return sender->stats().packets == frames; }));
    EXPECT_GE(std::chrono::steady_clock::now() - start, (frames - 2) * milliseconds(5))
        << tick.count() << " us";
  }
}

TEST(BulkSender, SendsNothingOfAStreamAfterItsRemoval) {
  const auto sender = BulkSender::open({.frame = milliseconds(20)}).value();
  Peer peer;
  const auto id = sender->add(stream_to(peer, 1, 1'000'000));
  ASSERT_FALSE(peer.receive(2000).empty());
  EXPECT_EQ(peer.last_source().port(), sender->port(id));
  const auto sent = sender->remove(id);
  std::uint64_t received = 1;
  while (!peer.receive().empty()) ++received;
  EXPECT_EQ(received, sent);
  EXPECT_TRUE(peer.receive(60).empty());
  EXPECT_EQ(sender->remove(id), 0u);
  EXPECT_EQ(sender->stats().active, 0u);
}

TEST(BulkSender, CountsWhatTheKernelRefuses) {
  const auto sender = BulkSender::open({.frame = milliseconds(2)}).value();
  Peer peer;
  auto bad = stream_to(peer, 1, 3);
  bad.destination = *Endpoint::from("::1", 9);  // another family than the socket's
  sender->add(bad);
  sender->add(stream_to(peer, 2, 3));
  ASSERT_TRUE(wait_until([&] { return sender->stats().active == 0; }));
  EXPECT_EQ(sender->stats().failed, 3u);
  EXPECT_EQ(sender->stats().packets, 3u);
}

TEST(BulkSender, RefusesAFrameShorterThanATick) {
  EXPECT_FALSE(
      BulkSender::open({.frame = milliseconds(1), .tick = std::chrono::microseconds(2000)}));
}

}  // namespace
}  // namespace srs::rtp
