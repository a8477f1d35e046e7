// How much of what was spoken is in a recorded channel, and where: normalised cross-correlation.
// Needs the standard library only, so that deploy/quickstart.sh can compile it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace srs::test {

using Samples = std::vector<float>;  // -1 to 1

struct Sound {
  unsigned sample_rate = 0;       // Hz
  std::vector<Samples> channels;  // of equal length
  double seconds() const {
    return channels.empty() ? 0 : static_cast<double>(channels[0].size()) / sample_rate;
  }
};

// RIFF/WAVE with 16-bit PCM, as docs/recording-format.md promises; throws std::runtime_error
// otherwise.
Sound read_sound(const std::filesystem::path& path);

// Where `reference` begins in `channel`: the lag, in samples, at which their product is largest.
// Negative: the reference began before the channel.
std::ptrdiff_t best_lag(std::span<const float> channel, std::span<const float> reference);

// Half-open ranges of samples of a channel.
using Range = std::pair<std::ptrdiff_t, std::ptrdiff_t>;

// Normalised cross-correlation, -1 to 1, of the channel with the reference that begins at `lag`,
// over the reference's whole length without the `left_out` ranges (of the channel). Reference that
// lies outside of the channel counts against it.
double correlation(std::span<const float> channel, std::span<const float> reference,
                   std::ptrdiff_t lag, std::span<const Range> left_out = {});

// The largest absolute sample of channel[from, to), 0 where that is empty.
float peak(std::span<const float> channel, std::ptrdiff_t from, std::ptrdiff_t to);

}  // namespace srs::test
