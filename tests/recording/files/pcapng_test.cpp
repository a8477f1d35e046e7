#include "recording/files/pcapng.hpp"

#include "call_builder.hpp"
#include "recording/files/pcapng_reader.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace srs::recording {
namespace {

using test::kMs;
using Bytes8 = std::vector<std::uint8_t>;

test::CallBuilder three_packets() {
  test::CallBuilder call;
  call.add(10000, 0, {1});
  call.add(10002, 20 * kMs + 1, {1, 2, 3, 4, 5});
  call.add(10001, 40 * kMs, {});
  return call;
}

std::size_t count(Bytes file, bool& damaged) {
  PcapngReader reader(file);
  std::size_t packets = 0;
  while (reader.next()) ++packets;
  damaged = reader.damaged();
  return packets;
}

TEST(Pcapng, GivesBackWhatWasWritten) {
  const auto file = three_packets().capture();
  PcapngReader reader(file);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->udp.destination_port, 10000);
  EXPECT_EQ(first->udp.source_port, 4000);
  EXPECT_EQ(first->arrival, test::call_start());
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(Bytes8(second->udp.payload.begin(), second->udp.payload.end()),
            (Bytes8{1, 2, 3, 4, 5}));
  EXPECT_EQ(second->arrival - test::call_start(), std::chrono::nanoseconds(20 * kMs + 1));
  const auto third = reader.next();
  ASSERT_TRUE(third);
  EXPECT_TRUE(third->udp.payload.empty());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.damaged());
  EXPECT_EQ(reader.position(), file.size());
}

TEST(Pcapng, KeepsIpv6Senders) {
  const Bytes8 payload = {9, 8, 7};
  const rtp::Datagram datagram{payload, test::endpoint("2001:db8::5", 5004), test::call_start(),
                               true};
  auto file = pcapng::file_header();
  const auto start = file.size();
  file.resize(start + pcapng::packet_size(datagram));
  pcapng::write_packet(std::span(file).subspan(start), 10001, datagram);
  const auto record = PcapngReader(file).next();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->udp.source_port, 5004);
  EXPECT_EQ(record->udp.payload.size(), 3U);
}

// Wherever the file is torn, what came before the tear is read, and only a tear between two blocks
// goes unnoticed.
TEST(Pcapng, ReadsATornFileUpToTheTear) {
  const auto file = three_packets().capture();
  const auto header = pcapng::file_header().size();
  std::size_t whole = 0;
  for (std::size_t size = 1; size < file.size(); ++size) {
    bool damaged = false;
    const auto packets = count(Bytes(file).first(size), damaged);
    EXPECT_GE(packets, whole) << size;
    EXPECT_LE(packets, 2U);
    if (size > header && !damaged) ++whole;
  }
  EXPECT_EQ(whole, 2U);
}

void put32(Bytes8& out, std::uint32_t value, bool big) {
  for (int i = 0; i < 4; ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (big ? 24 - 8 * i : 8 * i)));
  }
}
void put16(Bytes8& out, std::uint16_t value, bool big) {
  out.push_back(static_cast<std::uint8_t>(big ? value >> 8 : value));
  out.push_back(static_cast<std::uint8_t>(big ? value : value >> 8));
}
void put_block(Bytes8& out, std::uint32_t type, const Bytes8& body, bool big) {
  put32(out, type, big);
  put32(out, static_cast<std::uint32_t>(body.size() + 12), big);
  out.insert(out.end(), body.begin(), body.end());
  put32(out, static_cast<std::uint32_t>(body.size() + 12), big);
}

// A file as another machine and another tool write it: byte order, resolution 10^-6 by default,
// another interface of another link type, blocks that we don't know.
Bytes8 foreign_file(bool big) {
  Bytes8 file, section, ethernet, raw, packet, other;
  put32(section, 0x1A2B3C4D, big);
  put16(section, 1, big);
  put16(section, 0, big);
  put32(section, 0xFFFFFFFF, big);
  put32(section, 0xFFFFFFFF, big);
  put_block(file, 0x0A0D0D0A, section, big);
  put16(ethernet, 1, big);
  put16(ethernet, 0, big);
  put32(ethernet, 0, big);
  put_block(file, 1, ethernet, big);
  put16(raw, 101, big);
  put16(raw, 0, big);
  put32(raw, 0, big);
  put_block(file, 1, raw, big);
  put_block(file, 0x0BAD, {1, 2, 3, 4}, big);
  const Bytes8 payload = {42};
  const rtp::Datagram datagram{payload, test::endpoint("192.0.2.1", 77), {}, false};
  Bytes8 ip(header_size(false) + 1);
  write_datagram(ip, 10000, datagram);
  ip.resize(32);
  for (const std::uint32_t interface : {0U, 1U, 9U}) {
    packet.clear();
    put32(packet, interface, big);
    put32(packet, 0, big);
    put32(packet, 1'500'000, big);
    put32(packet, 29, big);
    put32(packet, 29, big);
    packet.insert(packet.end(), ip.begin(), ip.end());
    put_block(file, 6, packet, big);
  }
  return file;
}

TEST(Pcapng, ReadsBothByteOrdersAndPassesOverWhatItDoesNotKnow) {
  for (const bool big : {false, true}) {
    const auto file = foreign_file(big);
    PcapngReader reader(file);
    const auto record = reader.next();
    ASSERT_TRUE(record) << big;
    EXPECT_EQ(record->udp.payload[0], 42);
    EXPECT_EQ(record->arrival.time_since_epoch(), std::chrono::milliseconds(1500));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.damaged());
  }
}

TEST(Pcapng, TakesNoOtherFileForOne) {
  bool damaged = false;
  const std::string text = "RIFF....WAVEfmt and so on, for a while";
  EXPECT_EQ(count(Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), damaged),
            0U);
  EXPECT_TRUE(damaged);
  EXPECT_EQ(count({}, damaged), 0U);
  EXPECT_FALSE(damaged);
}

TEST(Pcapng, SurvivesAnyMutation) {
  auto original = three_packets().capture();
  const auto foreign = foreign_file(true);
  original.insert(original.end(), foreign.begin(), foreign.end());
  std::mt19937 random(7);
  std::size_t packets = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto file = original;
    for (unsigned i = 0; i <= random() % 4; ++i) {
      file[random() % file.size()] = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xFF : random());
    }
    bool damaged = false;
    // In a buffer of its own size, so that a sanitizer sees every step outside.
    const Bytes8 exact(file.begin(), file.end() - static_cast<long>(random() % 8));
    packets += count(exact, damaged);
  }
  EXPECT_GT(packets, 20'000U);
}

}  // namespace
}  // namespace srs::recording
