#include "recording/files/comfort_noise.hpp"

#include <cmath>
#include <numbers>

namespace srs::recording {

double noise_level(Bytes payload) {
  if (payload.empty()) return 0;
  return 32768.0 * std::pow(10.0, -(payload[0] & 0x7F) / 20.0);
}

void NoiseSource::add(std::span<std::int32_t> samples, double level) {
  // Uniform in [-1, 1) has a root mean square of 1/sqrt(3).
  const double scale = level * std::numbers::sqrt3 / 2147483648.0;
  for (auto& sample : samples) {
    // Marsaglia's xorshift.
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    sample +=
        static_cast<std::int32_t>(static_cast<double>(static_cast<std::int32_t>(state_)) * scale);
  }
}

}  // namespace srs::recording
