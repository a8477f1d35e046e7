#include "support.hpp"

namespace srs::rtp {
namespace {

using test::Octets;
using test::rtp;

TEST(Packet, ReadsEveryHeaderField) {
  const auto bytes = rtp({.sequence = 0xABCD,
                          .timestamp = 0x01020304,
                          .ssrc = 0xFEDCBA98,
                          .payload_type = 101,
                          .marker = true,
                          .payload = 4});
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->header.marker);
  EXPECT_EQ(packet->header.payload_type, 101);
  EXPECT_EQ(packet->header.sequence, 0xABCD);
  EXPECT_EQ(packet->header.timestamp, 0x01020304u);
  EXPECT_EQ(packet->header.ssrc, 0xFEDCBA98u);
  EXPECT_EQ(packet->payload.size(), 4u);
}

TEST(Packet, MayHaveNoPayload) {
  const auto packet = parse_packet(rtp({.payload = 0}));
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->payload.empty());
}

TEST(Packet, SkipsContributingSourcesAndExtension) {
  auto bytes = rtp({.payload = 0});
  bytes[0] |= 0x10 | 2;                                       // X, CC = 2
  bytes.insert(bytes.end(), 8, 0x77);                         // two CSRCs
  bytes.insert(bytes.end(), {0xBE, 0xDE, 0, 1, 1, 2, 3, 4});  // extension of one word
  bytes.insert(bytes.end(), {9, 8, 7});
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->header.csrc_count, 2);
  EXPECT_EQ(Octets(packet->payload.begin(), packet->payload.end()), (Octets{9, 8, 7}));
}

TEST(Packet, LeavesPaddingOut) {
  auto bytes = rtp({.payload = 8});
  bytes[0] |= 0x20;
  bytes.back() = 3;
  ASSERT_TRUE(parse_packet(bytes));
  EXPECT_EQ(parse_packet(bytes)->payload.size(), 5u);
  bytes.back() = 8;  // nothing but padding is legal
  EXPECT_EQ(parse_packet(bytes)->payload.size(), 0u);
}

TEST(Packet, IsNoneWithPaddingLongerThanItself) {
  auto bytes = rtp({.payload = 8});
  bytes[0] |= 0x20;
  for (const std::uint8_t padding : {0, 9, 255}) {
    bytes.back() = padding;
    EXPECT_FALSE(parse_packet(bytes)) << int{padding};
  }
}

TEST(Packet, IsNoneOfAnotherVersion) {
  auto bytes = rtp({});
  for (const int version : {0, 1, 3}) {
    bytes[0] = static_cast<std::uint8_t>(version << 6);
    EXPECT_FALSE(parse_packet(bytes)) << version;
  }
}

TEST(Packet, IsNoneWhereItEndsInsideItsHeader) {
  auto bytes = rtp({.payload = 0});
  bytes[0] |= 0x10 | 1;
  bytes.insert(bytes.end(), {1, 1, 1, 1, 0xBE, 0xDE, 0, 1, 2, 2, 2, 2});
  ASSERT_TRUE(parse_packet(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_packet(Bytes(bytes).first(size))) << size;
}

TEST(Rtcp, IsToldApartOnTheSamePort) {
  const Octets report = {0x80, 201, 0, 1, 1, 2, 3, 4};
  EXPECT_TRUE(looks_like_rtcp(report));
  EXPECT_FALSE(looks_like_rtcp(rtp({.payload_type = 0, .marker = true})));
  EXPECT_FALSE(looks_like_rtcp(rtp({.payload_type = 101, .marker = true})));
  EXPECT_FALSE(looks_like_rtcp({}));
}

// Nobody should use payload types 64-95 (RFC 5761 §4); who does loses no audio.
TEST(Rtcp, IsNotSeenInMediaOfAConflictingPayloadType) {
  EXPECT_FALSE(looks_like_rtcp(rtp({.sequence = 4711, .payload_type = 72, .marker = true})));
}

TEST(KeepAlive, IsAnEmptyDatagramOrStun) {
  Octets stun(20);
  stun[1] = 1;
  stun[4] = 0x21, stun[5] = 0x12, stun[6] = 0xA4, stun[7] = 0x42;
  EXPECT_TRUE(is_keep_alive({}));
  EXPECT_TRUE(is_keep_alive(stun));
  EXPECT_FALSE(is_keep_alive(Octets(20)));
  EXPECT_FALSE(is_keep_alive(rtp({})));
}

}  // namespace
}  // namespace srs::rtp
