#include <srs/util/bytes.hpp>

#include <gtest/gtest.h>

#include <array>

namespace srs {
namespace {

TEST(Bytes, AreReadBigEndian) {
  const std::array<std::uint8_t, 5> bytes{0x00, 0xFF, 0xEE, 0xDD, 0xCC};
  EXPECT_EQ(read_u16(bytes, 1), 0xFFEE);
  EXPECT_EQ(read_u32(bytes, 1), 0xFFEEDDCCU);
}

TEST(Bytes, AreWrittenAsTheyAreRead) {
  std::array<std::uint8_t, 6> bytes{};
  write_u16(bytes, 0, 0xFE01);
  write_u32(bytes, 2, 0xFFFE0102);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 6>{0xFE, 0x01, 0xFF, 0xFE, 0x01, 0x02}));
}

}  // namespace
}  // namespace srs
