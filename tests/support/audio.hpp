// Sound in tests: reading WAV files, and telling how alike two signals are.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace srs::test {

struct Wav {
  std::uint32_t sample_rate = 0;
  std::vector<std::vector<std::int16_t>> channels;
  std::size_t frames() const { return channels.empty() ? 0 : channels[0].size(); }
};

// A RIFF file of 16-bit PCM, read by hand so that no library of ours judges itself. Throws
// std::runtime_error where it is none.
inline Wav read_wav(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  const auto number = [&](std::size_t at, std::size_t size) {
    if (at + size > bytes.size()) throw std::runtime_error("WAV ends early: " + path.string());
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;)
      value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
  };
  if (bytes.size() < 12 || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE") {
    throw std::runtime_error("no WAV file: " + path.string());
  }
  Wav wav;
  std::size_t count = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const auto name = bytes.substr(at, 4);
    const std::size_t size = number(at + 4, 4);
    if (name == "fmt ") {
      if (number(at + 22, 2) != 16) throw std::runtime_error("not 16-bit PCM: " + path.string());
      count = number(at + 10, 2);
      wav.sample_rate = number(at + 12, 4);
      wav.channels.resize(count);
    } else if (name == "data" && count > 0) {
      const std::size_t samples = std::min(size, bytes.size() - at - 8) / 2;
      for (std::size_t i = 0; i < samples; ++i) {
        wav.channels[i % count].push_back(static_cast<std::int16_t>(number(at + 8 + 2 * i, 2)));
      }
    }
    at += 8 + size + size % 2;
  }
  return wav;
}

// In place, radix 2; the size is a power of two.
inline void fourier(std::vector<std::complex<double>>& x, bool inverse) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t length = 2; length <= n; length *= 2) {
    const double angle = (inverse ? 2 : -2) * std::numbers::pi / static_cast<double>(length);
    std::vector<std::complex<double>> turn(length / 2);
    for (std::size_t k = 0; k < turn.size(); ++k)
      turn[k] = std::polar(1.0, angle * static_cast<double>(k));
    for (std::size_t start = 0; start < n; start += length) {
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto even = x[start + k];
        const auto odd = x[start + k + length / 2] * turn[k];
        x[start + k] = even + odd;
        x[start + k + length / 2] = even - odd;
      }
    }
  }
}

// The largest normalised cross-correlation (at most 1) of `a` and `b` over lags within ±max_lag,
// and the lag where it is: a[i + lag] matches b[i]. Only overlaps that hold at least half of the
// quieter signal's energy count, so that a corner of silence can't win.
inline double best_correlation(std::span<const std::int16_t> a, std::span<const std::int16_t> b,
                               long max_lag, long& lag) {
  lag = 0;
  if (a.empty() || b.empty()) return 0;
  const std::size_t n = std::bit_ceil(a.size() + b.size());
  std::vector<std::complex<double>> fa(n), fb(n);
  std::copy(a.begin(), a.end(), fa.begin());
  std::copy(b.begin(), b.end(), fb.begin());
  fourier(fa, false);
  fourier(fb, false);
  for (std::size_t i = 0; i < n; ++i) fa[i] *= std::conj(fb[i]);
  fourier(fa, true);
  const auto energies = [](std::span<const std::int16_t> x) {
    std::vector<double> sums(x.size() + 1);
    for (std::size_t i = 0; i < x.size(); ++i) sums[i + 1] = sums[i] + double{1} * x[i] * x[i];
    return sums;
  };
  const auto ea = energies(a);
  const auto eb = energies(b);
  const double enough = std::min(ea.back(), eb.back()) / 2;
  const long size_a = static_cast<long>(a.size());
  const long size_b = static_cast<long>(b.size());
  double best = 0;
  for (long k = std::max(-max_lag, 1 - size_b); k <= std::min(max_lag, size_a - 1); ++k) {
    const long begin = std::max(0L, -k);  // in b
    const long end = std::min(size_b, size_a - k);
    if (end <= begin) continue;
    const double in_a =
        ea[static_cast<std::size_t>(end + k)] - ea[static_cast<std::size_t>(begin + k)];
    const double in_b = eb[static_cast<std::size_t>(end)] - eb[static_cast<std::size_t>(begin)];
    if (in_a < enough || in_b < enough || in_a <= 0 || in_b <= 0) continue;
    const double product =
        fa[static_cast<std::size_t>(k < 0 ? k + static_cast<long>(n) : k)].real();
    const double value = product / static_cast<double>(n) / std::sqrt(in_a * in_b);
    if (value > best) {
      best = value;
      lag = k;
    }
  }
  return best;
}

// Root mean square of a stretch; 0 for none.
inline double loudness(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const auto sample : samples) sum += double{1} * sample * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

}  // namespace srs::test
