#include "support/audio.hpp"

#include "support/fourier.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace srs::test {

namespace {

// Every `step`th of the little-endian samples from `first` on. Bare pointers, since sanitizers
// would take minutes over hours of audio.
void spread(const char* first, std::size_t step, std::vector<std::int16_t>& channel) {
  const auto* from = reinterpret_cast<const unsigned char*>(first);
  for (auto *to = channel.data(), *end = to + channel.size(); to != end; ++to, from += 2 * step)
    *to = static_cast<std::int16_t>(from[0] | from[1] << 8);
}

}  // namespace

Wav read_wav(const std::filesystem::path& path) {
  std::ostringstream all;
  all << std::ifstream(path, std::ios::binary).rdbuf();
  const auto bytes = std::move(all).str();
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
      const std::size_t frames = std::min(size, bytes.size() - at - 8) / 2 / count;
      for (std::size_t k = 0; k < count; ++k) {
        wav.channels[k].resize(frames);
        spread(bytes.data() + at + 8 + 2 * k, count, wav.channels[k]);
      }
    }
    at += 8 + size + size % 2;
  }
  return wav;
}

double best_correlation(std::span<const std::int16_t> a, std::span<const std::int16_t> b,
                        long max_lag, long& lag) {
  lag = 0;
  if (a.empty() || b.empty()) return 0;
  const auto products = cross_correlation(a, b);
  const auto n = products.size();
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
        products[static_cast<std::size_t>(k < 0 ? k + static_cast<long>(n) : k)].real();
    const double value = product / static_cast<double>(n) / std::sqrt(in_a * in_b);
    if (value > best) {
      best = value;
      lag = k;
    }
  }
  return best;
}

double loudness(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const auto sample : samples) sum += double{1} * sample * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

}  // namespace srs::test
