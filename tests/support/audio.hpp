// Sound in tests: reading WAV files, and telling how alike two signals are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace srs::test {

struct Wav {
  std::uint32_t sample_rate = 0;
  std::vector<std::vector<std::int16_t>> channels;
  std::size_t frames() const { return channels.empty() ? 0 : channels[0].size(); }
};

// A RIFF file of 16-bit PCM, read by hand so that no library of ours judges itself. Throws
// std::runtime_error where it is none.
Wav read_wav(const std::filesystem::path& path);

// The largest normalised cross-correlation (at most 1) of `a` and `b` over lags within ±max_lag,
// and the lag where it is: a[i + lag] matches b[i]. Only overlaps that hold at least half of the
// quieter signal's energy count, so that a corner of silence can't win.
double best_correlation(std::span<const std::int16_t> a, std::span<const std::int16_t> b,
                        long max_lag, long& lag);

// Root mean square of a stretch; 0 for none.
double loudness(std::span<const std::int16_t> samples);

}  // namespace srs::test
