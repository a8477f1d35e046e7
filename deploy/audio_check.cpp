// audio-check: shows the channels of a recording as a picture and says whether each is the voice
// that it should be.
//
// usage: audio-check RECORDING.wav SPOKEN.wav...    one spoken text per channel, in their order
//
// Exit code 0: every channel correlates by at least 0.95 with its own text and with no other, and
// all of them began within 100 ms of each other. 1: not so. 2: unusable files.
#include "support/speech_match.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace srs::test;

constexpr std::size_t kColumns = 64;
constexpr double kAlike = 0.95;  // whole texts through G.711 reach 0.99
constexpr double kUnlike = 0.30;
constexpr double kTogether = 0.1;  // seconds

// The loudness of a channel over time, one block per column.
std::string picture(const Samples& channel) {
  static const char* const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const float loudest =
      std::max(0.01F, peak(channel, 0, static_cast<std::ptrdiff_t>(channel.size())));
  std::string out;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto from = static_cast<std::ptrdiff_t>(i * channel.size() / kColumns);
    const auto to = static_cast<std::ptrdiff_t>((i + 1) * channel.size() / kColumns);
    const auto height = peak(channel, from, to) / loudest * 8;
    out += blocks[std::min<std::size_t>(8, static_cast<std::size_t>(height + 0.5F))];
  }
  return out;
}

// Compares one channel with all texts; sets `began` to where its own begins, in seconds.
bool check_channel(const Sound& recording, std::size_t index, const std::vector<Samples>& spoken,
                   double& began) {
  const auto& channel = recording.channels[index];
  std::printf("  channel %zu |%s|\n", index, picture(channel).c_str());
  bool good = true;
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    const auto lag = best_lag(channel, spoken[i]);
    const auto alike = correlation(channel, spoken[i], lag);
    if (i == index) {
      began = static_cast<double>(lag) / recording.sample_rate;
      std::printf("            its own voice: correlation %.3f, from %.2f s\n", alike, began);
    }
    good = good && (i == index ? alike >= kAlike : std::abs(alike) <= kUnlike);
  }
  return good;
}

int check(const std::vector<std::string>& paths) {
  const auto recording = read_sound(paths[0]);
  std::vector<Samples> spoken;
  for (std::size_t i = 1; i < paths.size(); ++i)
    spoken.push_back(read_sound(paths[i]).channels.at(0));
  std::printf("  %.2f s, %u Hz, %zu channels\n", recording.seconds(), recording.sample_rate,
              recording.channels.size());
  if (recording.channels.size() != spoken.size()) {
    std::printf("  wrong: %zu channels were expected\n", spoken.size());
    return 1;
  }
  bool good = true;
  std::vector<double> began(spoken.size());
  for (std::size_t i = 0; i < spoken.size(); ++i)
    good = check_channel(recording, i, spoken, began[i]) && good;
  const auto [first, last] = std::ranges::minmax(began);
  good = good && last - first <= kTogether;
  std::printf("  %s\n", good ? "right: each channel is its own speaker, and they are together"
                             : "WRONG: the channels are not what was spoken");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: audio-check RECORDING.wav SPOKEN.wav...\n");
    return 2;
  }
  try {
    return check({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "audio-check: %s\n", error.what());
    return 2;
  }
}
