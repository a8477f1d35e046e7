#include "app/siprec_call/audio.hpp"

#include "app/siprec_call/wav_file.hpp"
#include "support/files.hpp"
#include "support/g711.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace srs::call {
namespace {

using ::testing::HasSubstr;

// How much of `samples` is a tone of that pitch: 0 to 1.
double share_of_pitch(const Samples& samples, double pitch) {
  double re = 0, im = 0, power = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * pitch * static_cast<double>(i) / kSampleRate;
    re += samples[i] * std::cos(angle);
    im += samples[i] * std::sin(angle);
    power += static_cast<double>(samples[i]) * samples[i];
  }
  return 2 * (re * re + im * im) / (power * static_cast<double>(samples.size()));
}

TEST(Audio, ReadsWhatWasWrittenSampleForSample) {
  const test::TempDir directory;
  const auto written = test::chirp(300, 3000, 0.5);
  test::write_wav(directory / "a.wav", 8000, {written});
  const auto read = read_channels(directory / "a.wav");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front(), written);
}

TEST(Audio, ResamplesToEightKilohertzWithoutChangingPitchOrLength) {
  const test::TempDir directory;
  test::write_wav(directory / "a.wav", 44100, {test::chirp(1000, 1000, 1, 44100)});
  const auto read = read_channels(directory / "a.wav");
  ASSERT_TRUE(read);
  EXPECT_NEAR(static_cast<double>(read->front().size()), 8000, 80);
  EXPECT_GT(share_of_pitch(read->front(), 1000), 0.95);
}

TEST(Audio, AFileThatCannotBeReadIsNamed) {
  const test::TempDir directory;
  test::write_file(directory / "no.wav", "this is no audio");
  EXPECT_THAT(read_channels(directory / "no.wav").error().text, HasSubstr("no.wav"));
  EXPECT_THAT(read_channels(directory / "absent.wav").error().text, HasSubstr("absent.wav"));
}

TEST(Audio, EachLegHasAToneOfItsOwn) {
  const auto first = tone(0, std::chrono::seconds(1));
  EXPECT_GT(share_of_pitch(first, 400), 0.8);
  EXPECT_LT(share_of_pitch(first, 700), 0.05);
  EXPECT_GT(share_of_pitch(tone(1, std::chrono::seconds(1)), 700), 0.8);
}

TEST(Audio, EncodesBothLawsSoThatTheyDecodeToTheSame) {
  const auto samples = test::chirp(300, 3000, 0.1);
  const auto ulaw = encode(samples, Codec::Pcmu);
  const auto alaw = encode(samples, Codec::Pcma);
  ASSERT_EQ(ulaw.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double spoken = samples[i] / 32768.0;
    ASSERT_NEAR(test::decode_ulaw(ulaw[i]), spoken, 0.035 * std::abs(spoken) + 0.001) << i;
    ASSERT_NEAR(test::decode_alaw(alaw[i]), spoken, 0.035 * std::abs(spoken) + 0.001) << i;
  }
}

TEST(Voice, EndsWithItsAudioOrBeginsAnew) {
  const Samples samples(kFrameSamples * 3 - 10, 1000);
  const Voice once(samples, Codec::Pcmu, false);
  EXPECT_EQ(once.frames(), 3U);
  EXPECT_EQ(once.frame(2).size(), kFrameSamples);
  EXPECT_TRUE(once.frame(3).empty());
  const Voice again(samples, Codec::Pcmu, true);
  ASSERT_EQ(again.frame(3).size(), kFrameSamples);
  EXPECT_EQ(again.frame(3).data(), again.frame(0).data());
}

TEST(Voice, FillsItsLastFrameWithSilence) {
  const Voice voice(Samples(kFrameSamples + 1, 1000), Codec::Pcmu, false);
  EXPECT_EQ(voice.frame(1)[0], encode(Samples(1, 1000), Codec::Pcmu)[0]);
  EXPECT_FLOAT_EQ(test::decode_ulaw(voice.frame(1)[1]), 0);
}

TEST(Voices, OfFilesAreAsLongAsTheLongest) {
  const test::TempDir directory;
  test::write_wav(directory / "a.wav", 8000, {test::chirp(300, 600, 0.2)});
  test::write_wav(directory / "b.wav", 8000, {test::chirp(300, 600, 0.5)});
  Options options;
  options.audio = {directory / "a.wav", directory / "b.wav"};
  const auto voices = load_voices(options);
  ASSERT_TRUE(voices);
  ASSERT_EQ(voices->size(), 2U);
  EXPECT_EQ((*voices)[0].frames(), 25U);
  EXPECT_EQ((*voices)[1].frames(), 25U);
}

TEST(Voices, TheChannelsOfASingleFileAreTheLegs) {
  const test::TempDir directory;
  const auto left = test::chirp(300, 600, 0.2);
  const auto right = test::chirp(2000, 900, 0.2);
  test::write_wav(directory / "both.wav", 8000, {left, right});
  Options options;
  options.audio = {directory / "both.wav"};
  const auto voices = load_voices(options);
  ASSERT_TRUE(voices);
  ASSERT_EQ(voices->size(), 2U);
  const auto wanted = encode(right, Codec::Pcmu);
  const auto frame = (*voices)[1].frame(1);
  EXPECT_TRUE(std::equal(frame.begin(), frame.end(), wanted.begin() + kFrameSamples));
}

}  // namespace
}  // namespace srs::call
