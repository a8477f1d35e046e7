// The check at the end of deploy/quickstart.sh: it must be able to fail.
#include "support/files.hpp"
#include "support/speech_match.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace srs::test {
namespace {

const auto kCaller = own_data("audio/caller.wav");
const auto kCallee = own_data("audio/callee.wav");

void append(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

// Two channels of the length of the shorter one, 16-bit PCM at 8 kHz.
std::string stereo(const Samples& left, const Samples& right) {
  const auto frames = std::min(left.size(), right.size());
  const auto data = static_cast<std::uint32_t>(frames * 4);
  std::string out = "RIFF";
  append(out, 36 + data, 4);
  out += "WAVEfmt ";
  append(out, 16, 4);
  append(out, 1, 2);
  append(out, 2, 2);
  append(out, 8000, 4);
  append(out, 32000, 4);
  append(out, 4, 2);
  append(out, 16, 2);
  out += "data";
  append(out, data, 4);
  for (std::size_t i = 0; i < frames; ++i)
    for (const auto sample : {left[i], right[i]})
      append(out, static_cast<std::uint16_t>(static_cast<std::int16_t>(sample * 32767)), 2);
  return out;
}

// The exit code for a recording of these two channels.
int check(const Samples& left, const Samples& right) {
  const TempDir directory;
  write_file(directory / "audio.wav", stereo(left, right));
  const auto command = std::string(SRS_AUDIO_CHECK) + " " + (directory / "audio.wav").string() +
                       " " + kCaller.string() + " " + kCallee.string() + " > /dev/null";
  return WEXITSTATUS(std::system(command.c_str()));
}

class AudioCheck : public ::testing::Test {
 protected:
  // As long as the longer of the two, with a little silence before and after.
  static Samples voice(const std::filesystem::path& path) {
    Samples out(800);
    const auto spoken = read_sound(path).channels.at(0);
    out.insert(out.end(), spoken.begin(), spoken.end());
    out.resize(8000 * 9);
    return out;
  }

  const Samples caller_ = voice(kCaller);
  const Samples callee_ = voice(kCallee);
};

TEST_F(AudioCheck, PassesWhereEachChannelIsItsSpeaker) {
  EXPECT_EQ(check(caller_, callee_), 0);
}

TEST_F(AudioCheck, FailsWhereChannelsAreSwappedSilentOrTheSame) {
  EXPECT_EQ(check(callee_, caller_), 1);
  EXPECT_EQ(check(caller_, Samples(caller_.size())), 1);
  EXPECT_EQ(check(caller_, caller_), 1);
}

TEST_F(AudioCheck, FailsWhereALegIsLateOrCut) {
  Samples late(2000);
  late.insert(late.end(), callee_.begin(), callee_.end() - 2000);
  EXPECT_EQ(check(caller_, late), 1);
  auto cut = callee_;
  std::fill(cut.begin(), cut.begin() + 16000, 0.0F);
  EXPECT_EQ(check(caller_, cut), 1);
}

}  // namespace
}  // namespace srs::test
