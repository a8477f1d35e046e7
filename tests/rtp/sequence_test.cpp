#include <srs/rtp/sequence.hpp>

#include <gtest/gtest.h>

namespace srs::rtp {
namespace {

TEST(Unwrapper, BeginsOneCycleUp) {
  Unwrapper<std::uint16_t> sequence;
  EXPECT_FALSE(sequence.highest());
  EXPECT_EQ(sequence.extend(7), 0x10007u);
  EXPECT_EQ(sequence.highest(), 0x10007u);
}

TEST(Unwrapper, GoesOnOverTheWrap) {
  Unwrapper<std::uint16_t> sequence;
  EXPECT_EQ(sequence.extend(0xFFFE), 0x1FFFEu);
  EXPECT_EQ(sequence.extend(0xFFFF), 0x1FFFFu);
  EXPECT_EQ(sequence.extend(0), 0x20000u);
  EXPECT_EQ(sequence.extend(1), 0x20001u);
}

TEST(Unwrapper, PlacesALatePacketBeforeTheWrap) {
  Unwrapper<std::uint16_t> sequence;
  sequence.extend(0xFFFF);
  sequence.extend(1);
  EXPECT_EQ(sequence.extend(0xFFFE), 0x1FFFEu);
  EXPECT_EQ(sequence.highest(), 0x20001u) << "a late packet is not the highest";
}

TEST(Unwrapper, StaysPositiveBeforeTheFirst) {
  Unwrapper<std::uint16_t> sequence;
  sequence.extend(0);
  EXPECT_EQ(sequence.extend(0xFFFF), 0xFFFFu);
}

TEST(Unwrapper, ExtendsTimestampsThroughManyCycles) {
  Unwrapper<std::uint32_t> timestamp;
  std::uint64_t truth = 0x1'FFFF'FF00;
  EXPECT_EQ(timestamp.extend(static_cast<std::uint32_t>(truth)), truth);
  for (int i = 0; i < 10; ++i) {
    truth += 0x5000'0000;
    EXPECT_EQ(timestamp.extend(static_cast<std::uint32_t>(truth)), truth);
  }
}

}  // namespace
}  // namespace srs::rtp
