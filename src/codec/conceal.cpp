#include "codec/conceal.hpp"

namespace srs::codec {

Repetition::Repetition(std::uint32_t sample_rate, std::uint8_t channels)
    : channels_(channels), fade_(sample_rate * 60 / 1000) {}

void Repetition::remember(std::span<const std::int16_t> samples) {
  last_.assign(samples.begin(), samples.end());
  used_ = 0;
}

void Repetition::fill(std::size_t frames, std::vector<std::int16_t>& out) {
  const std::size_t period = last_.size() / channels_;
  for (std::size_t frame = 0; frame < frames; ++frame, ++used_) {
    const bool audible = period > 0 && used_ < fade_;
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      const std::int64_t sample = audible ? last_[used_ % period * channels_ + channel] : 0;
      const auto left = static_cast<std::int64_t>(audible ? fade_ - used_ : 0);
      out.push_back(
          static_cast<std::int16_t>(sample * left / static_cast<std::int64_t>(fade_ + 1)));
    }
  }
}

void Repetition::forget() {
  last_.clear();
  used_ = 0;
}

}  // namespace srs::codec
