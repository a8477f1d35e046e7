#include <srs/codec/decoder.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

namespace srs::codec {
namespace {

TEST(Decoder, IsFoundWhateverTheCaseOfItsName) {
  for (const char* name : {"PCMU", "pcmu", "PCMA", "Pcma", "L16", "l16"}) {
    EXPECT_NE(make_decoder(name, 8000, 1), nullptr) << name;
  }
}

TEST(Decoder, IsNotMadeForCodecsWeCantDecodeNorForNonsense) {
  EXPECT_EQ(make_decoder("G729", 8000, 1), nullptr);
  EXPECT_EQ(make_decoder("", 8000, 1), nullptr);
  EXPECT_EQ(make_decoder("PCMU", 0, 1), nullptr);
  EXPECT_EQ(make_decoder("L16", 4'000'000'000U, 1), nullptr);
  EXPECT_EQ(make_decoder("L16", 44100, 200), nullptr);
}

TEST(Decoder, TakesAMissingNumberOfChannelsForOne) {
  EXPECT_EQ(make_decoder("PCMU", 8000, 0)->channels(), 1);
}

TEST(Decoder, AppendsTheSamplesOfPcmu) {
  const auto decoder = make_decoder("PCMU", 16000, 1);
  EXPECT_EQ(decoder->sample_rate(), 16000U);
  std::vector<std::int16_t> out = {7};
  const std::uint8_t payload[] = {0xFF, 0x00, 0x80};
  decoder->decode(payload, out);
  EXPECT_EQ(out, (std::vector<std::int16_t>{7, 0, -32124, 32124}));
}

// RFC 3551 §4.5.11: network byte order, channels interleaved.
TEST(Decoder, ReadsL16InNetworkByteOrderAndLeavesABrokenFrameOut) {
  const auto decoder = make_decoder("L16", 44100, 2);
  std::vector<std::int16_t> out;
  const std::uint8_t payload[] = {0x12, 0x34, 0xFF, 0xFE, 0x7F, 0xFF, 0x80};
  decoder->decode(payload, out);
  EXPECT_EQ(out, (std::vector<std::int16_t>{0x1234, -2}));
}

TEST(Decoder, ConcealsByRepeatingTheLastPacketFadingToSilenceIn60Ms) {
  const auto decoder = make_decoder("PCMU", 8000, 1);
  std::vector<std::int16_t> out;
  decoder->decode(std::vector<std::uint8_t>(160, 0x80), out);
  out.clear();
  decoder->conceal(1000, out);
  ASSERT_EQ(out.size(), 1000U);
  EXPECT_GT(out[0], 30000);
  EXPECT_NEAR(out[240], 16000, 500);
  EXPECT_GT(out[479], 0);
  for (std::size_t i = 480; i < out.size(); ++i) ASSERT_EQ(out[i], 0) << i;
  for (std::size_t i = 1; i < 480; ++i) ASSERT_LE(out[i], out[i - 1]) << i;
}

TEST(Decoder, ConcealsWithSilenceWhereNothingCameBefore) {
  const auto decoder = make_decoder("L16", 8000, 2);
  std::vector<std::int16_t> out;
  decoder->conceal(10, out);
  EXPECT_EQ(out, std::vector<std::int16_t>(20, 0));
  decoder->decode(std::vector<std::uint8_t>(40, 0x11), out);
  decoder->reset();
  out.clear();
  decoder->conceal(10, out);
  EXPECT_EQ(out, std::vector<std::int16_t>(20, 0));
}

}  // namespace
}  // namespace srs::codec
