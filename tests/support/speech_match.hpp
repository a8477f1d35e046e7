// How much of what was spoken is in a recorded channel, and where: WAV reading and normalised
// cross-correlation. Needs the standard library only, so that deploy/quickstart.sh can compile it.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace srs::test {

using Samples = std::vector<float>;  // -1 to 1

struct Wav {
  unsigned sample_rate = 0;       // Hz
  std::vector<Samples> channels;  // of equal length
  double seconds() const {
    return channels.empty() ? 0 : static_cast<double>(channels[0].size()) / sample_rate;
  }
};

// RIFF/WAVE with 16-bit PCM, as docs/recording-format.md promises; throws std::runtime_error
// otherwise.
inline Wav read_wav(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(in), {}};
  const auto little = [&](std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;)
      value = value << 8 | static_cast<std::uint8_t>(file.at(at + i));
    return value;
  };
  if (file.size() < 12 || file.compare(0, 4, "RIFF") != 0 || file.compare(8, 4, "WAVE") != 0)
    throw std::runtime_error(path.string() + " is no WAV file");
  Wav out;
  for (std::size_t at = 12; at + 8 <= file.size();) {
    const auto name = file.substr(at, 4);
    const std::size_t size = std::min<std::size_t>(little(at + 4, 4), file.size() - at - 8);
    at += 8;
    if (name == "fmt ") {
      if (little(at + 14, 2) != 16) throw std::runtime_error(path.string() + " is not 16-bit PCM");
      out.channels.resize(little(at + 2, 2));
      out.sample_rate = little(at + 4, 4);
    } else if (name == "data" && !out.channels.empty()) {
      for (std::size_t i = 0; i + 1 < size; i += 2) {
        const auto value = static_cast<std::int16_t>(little(at + i, 2));
        out.channels[i / 2 % out.channels.size()].push_back(static_cast<float>(value) / 32768.0F);
      }
    }
    at += size + size % 2;
  }
  if (out.sample_rate == 0) throw std::runtime_error(path.string() + " has no format chunk");
  return out;
}

namespace detail {

// Without the care for infinities that operator* takes.
inline std::complex<double> times(const std::complex<double>& a, const std::complex<double>& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// In place, radix 2; `bins.size()` is a power of two.
inline void fourier(std::vector<std::complex<double>>& bins, bool inverse) {
  const auto n = bins.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    auto bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(bins[i], bins[j]);
  }
  for (std::size_t length = 2; length <= n; length <<= 1) {
    const auto angle = (inverse ? 2 : -2) * std::numbers::pi / static_cast<double>(length);
    std::vector<std::complex<double>> turn(length / 2);
    for (std::size_t k = 0; k < turn.size(); ++k)
      turn[k] = std::polar(1.0, angle * static_cast<double>(k));
    for (std::size_t i = 0; i < n; i += length)
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto even = bins[i + k];
        const auto odd = times(bins[i + k + length / 2], turn[k]);
        bins[i + k] = even + odd;
        bins[i + k + length / 2] = even - odd;
      }
  }
}

}  // namespace detail

// Where `reference` begins in `channel`: the lag, in samples, at which their product is largest.
// Negative: the reference began before the channel.
inline std::ptrdiff_t best_lag(std::span<const float> channel, std::span<const float> reference) {
  std::size_t n = 1;
  while (n < channel.size() + reference.size()) n <<= 1;
  std::vector<std::complex<double>> a(n), b(n);
  std::copy(channel.begin(), channel.end(), a.begin());
  std::copy(reference.begin(), reference.end(), b.begin());
  detail::fourier(a, false);
  detail::fourier(b, false);
  for (std::size_t i = 0; i < n; ++i) a[i] = detail::times(a[i], std::conj(b[i]));
  detail::fourier(a, true);
  const auto best = std::max_element(a.begin(), a.end(), [](const auto& x, const auto& y) {
    return std::abs(x.real()) < std::abs(y.real());
  });
  const auto at = static_cast<std::ptrdiff_t>(best - a.begin());
  return at > static_cast<std::ptrdiff_t>(channel.size()) ? at - static_cast<std::ptrdiff_t>(n)
                                                          : at;
}

// Half-open ranges of samples of a channel.
using Range = std::pair<std::ptrdiff_t, std::ptrdiff_t>;

// Normalised cross-correlation, -1 to 1, of the channel with the reference that begins at `lag`,
// over the reference's whole length without the `left_out` ranges (of the channel). Reference that
// lies outside of the channel counts against it.
inline double correlation(std::span<const float> channel, std::span<const float> reference,
                          std::ptrdiff_t lag, std::span<const Range> left_out = {}) {
  double product = 0, own = 0, theirs = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto at = lag + static_cast<std::ptrdiff_t>(i);
    if (std::ranges::any_of(left_out,
                            [&](const Range& r) { return at >= r.first && at < r.second; }))
      continue;
    const bool inside = at >= 0 && at < static_cast<std::ptrdiff_t>(channel.size());
    const double x = inside ? channel[static_cast<std::size_t>(at)] : 0;
    const double y = reference[i];
    product += x * y;
    own += x * x;
    theirs += y * y;
  }
  return own * theirs > 0 ? product / std::sqrt(own * theirs) : 0;
}

// The largest absolute sample of channel[from, to), 0 where that is empty.
inline float peak(std::span<const float> channel, std::ptrdiff_t from, std::ptrdiff_t to) {
  float out = 0;
  from = std::max<std::ptrdiff_t>(from, 0);
  to = std::min(to, static_cast<std::ptrdiff_t>(channel.size()));
  for (; from < to; ++from) out = std::max(out, std::abs(channel[static_cast<std::size_t>(from)]));
  return out;
}

}  // namespace srs::test
