#include "support/files.hpp"
#include "support/shared_data.hpp"
#include "support/temp_dir.hpp"
#include "support/tools.hpp"

#include <srs/codec/decoder.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace srs::codec {
namespace {

std::uint8_t code(int value) {
  return static_cast<std::uint8_t>(value);
}

TEST(G711, DecodesTheEndsAndTheMiddleOfMuLaw) {
  EXPECT_EQ(ulaw_to_linear(0xFF), 0);
  EXPECT_EQ(ulaw_to_linear(0x7F), 0);
  EXPECT_EQ(ulaw_to_linear(0x80), 32124);
  EXPECT_EQ(ulaw_to_linear(0x00), -32124);
}

TEST(G711, DecodesTheEndsAndTheMiddleOfALaw) {
  EXPECT_EQ(alaw_to_linear(0xD5), 8);
  EXPECT_EQ(alaw_to_linear(0x55), -8);
  EXPECT_EQ(alaw_to_linear(0xAA), 32256);
  EXPECT_EQ(alaw_to_linear(0x2A), -32256);
}

TEST(G711, EveryCodeComesBackFromItsValue) {
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(linear_to_alaw(alaw_to_linear(code(i))), code(i));
    // Mu-law has two zeros; the positive one comes back.
    EXPECT_EQ(linear_to_ulaw(ulaw_to_linear(code(i))), i == 0x7F ? 0xFF : code(i));
  }
}

// The coarsest step is 1024 wide, the steps double from 8 (mu) and 16 (A) on.
TEST(G711, NoSampleIsFurtherFromItsCodeThanHalfAStep) {
  for (int sample = -32768; sample <= 32767; ++sample) {
    const auto value = static_cast<std::int16_t>(sample);
    const int mu = std::abs(ulaw_to_linear(linear_to_ulaw(value)) - sample);
    const int a = std::abs(alaw_to_linear(linear_to_alaw(value)) - sample);
    const int size = std::abs(sample);
    EXPECT_LE(mu, std::max(4, (size + 132) / 32 + 1) + (size > 32635 ? 133 : 0)) << sample;
    EXPECT_LE(a, std::max(8, size / 32 + 1)) << sample;
  }
}

// sox as the independent judge of all 256 codes of both laws.
void compare_with_sox(const char* law, std::int16_t (*decode)(std::uint8_t)) {
  SRS_REQUIRE_TOOL("sox", "sox");
  test::TempDir dir;
  std::string codes;
  for (int i = 0; i < 256; ++i) codes += static_cast<char>(i);
  test::write_file(dir / "codes.raw", codes);
  const std::string command = "sox -D -t raw -r 8000 -c 1 -e " + std::string(law) + " -b 8 " +
                              (dir / "codes.raw").string() + " -t raw -e signed -b 16 -L " +
                              (dir / "pcm.raw").string();
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const auto pcm = test::read_file(dir / "pcm.raw");
  ASSERT_EQ(pcm.size(), 512U);
  for (std::size_t i = 0; i < 256; ++i) {
    std::int16_t theirs = 0;
    std::memcpy(&theirs, pcm.data() + 2 * i, 2);
    EXPECT_EQ(decode(static_cast<std::uint8_t>(i)), theirs) << law << " code " << i;
  }
}

TEST(G711, SoxReadsMuLawAsWeDo) {
  compare_with_sox("mu-law", ulaw_to_linear);
}
TEST(G711, SoxReadsALawAsWeDo) {
  compare_with_sox("a-law", alaw_to_linear);
}

}  // namespace
}  // namespace srs::codec
