#include "support/speech_match.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace srs::test {
namespace {

Samples noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(-0.5F, 0.5F);
  Samples out(size);
  std::ranges::generate(out, [&] { return value(random); });
  return out;
}

Samples delayed(const Samples& samples, std::size_t by) {
  Samples out(by, 0.0F);
  out.insert(out.end(), samples.begin(), samples.end());
  return out;
}

TEST(SpeechMatch, FindsWhereTheReferenceBegins) {
  const auto spoken = noise(5000, 1);
  const auto channel = delayed(spoken, 1234);
  EXPECT_EQ(best_lag(channel, spoken), 1234);
  EXPECT_NEAR(correlation(channel, spoken, 1234), 1.0, 1e-6);
  EXPECT_EQ(best_lag(std::span(spoken).subspan(100), spoken), -100);
}

TEST(SpeechMatch, SaysThatAnotherVoiceIsAnother) {
  const auto spoken = noise(5000, 1), other = noise(6000, 2);
  EXPECT_LT(std::abs(correlation(other, spoken, best_lag(other, spoken))), 0.2);
}

TEST(SpeechMatch, HoldsMissingSoundAgainstTheChannelUnlessItIsLeftOut) {
  const auto spoken = noise(4000, 1);
  auto channel = spoken;
  std::fill(channel.begin() + 1000, channel.begin() + 2000, 0.0F);
  EXPECT_LT(correlation(channel, spoken, 0), 0.9);
  const std::vector<Range> held = {{1000, 2000}};
  EXPECT_NEAR(correlation(channel, spoken, 0, held), 1.0, 1e-6);
  EXPECT_LT(correlation(std::span(spoken).first(2000), spoken, 0), 0.8);
  EXPECT_EQ(peak(channel, 1000, 2000), 0.0F);
  EXPECT_GT(peak(channel, 999, 2000), 0.0F);
}

TEST(SpeechMatch, ReadsEveryChannelOfAWavFile) {
  const TempDir directory;
  const std::string wav(
      "RIFF\x30\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x40\x1F\0\0\0\x7D\0\0\4\0\x10\0data\x8\0\0\0"
      "\0\x40\0\xC0\0\0\xFF\x7F",
      52);
  write_file(directory / "a.wav", wav);
  const auto read = read_sound(directory / "a.wav");
  EXPECT_EQ(read.sample_rate, 8000U);
  ASSERT_EQ(read.channels.size(), 2U);
  EXPECT_EQ(read.channels[0], (Samples{0.5F, 0.0F}));
  EXPECT_EQ(read.channels[1][0], -0.5F);
  EXPECT_THROW(read_sound(directory / "none.wav"), std::runtime_error);
}

}  // namespace
}  // namespace srs::test
