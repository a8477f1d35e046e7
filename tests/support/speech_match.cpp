#include "support/speech_match.hpp"

#include "support/audio.hpp"
#include "support/fourier.hpp"

#include <algorithm>
#include <cmath>

namespace srs::test {

Sound read_sound(const std::filesystem::path& path) {
  const auto wav = read_wav(path);
  Sound sound;
  sound.sample_rate = wav.sample_rate;
  for (const auto& channel : wav.channels) {
    auto& samples = sound.channels.emplace_back();
    samples.reserve(channel.size());
    for (const auto sample : channel) samples.push_back(static_cast<float>(sample) / 32768.0F);
  }
  return sound;
}

std::ptrdiff_t best_lag(std::span<const float> channel, std::span<const float> reference) {
  const auto products = cross_correlation(channel, reference);
  const auto best = std::max_element(
      products.begin(), products.end(),
      [](const auto& x, const auto& y) { return std::abs(x.real()) < std::abs(y.real()); });
  const auto at = static_cast<std::ptrdiff_t>(best - products.begin());
  const auto size = static_cast<std::ptrdiff_t>(products.size());
  return at > static_cast<std::ptrdiff_t>(channel.size()) ? at - size : at;
}

double correlation(std::span<const float> channel, std::span<const float> reference,
                   std::ptrdiff_t lag, std::span<const Range> left_out) {
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

float peak(std::span<const float> channel, std::ptrdiff_t from, std::ptrdiff_t to) {
  float out = 0;
  from = std::max<std::ptrdiff_t>(from, 0);
  to = std::min(to, static_cast<std::ptrdiff_t>(channel.size()));
  for (; from < to; ++from) out = std::max(out, std::abs(channel[static_cast<std::size_t>(from)]));
  return out;
}

}  // namespace srs::test
