// Concealment for codecs that have none of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace srs::codec {

// Repeats the last packet, fading to silence within 60 ms: short losses stay unnoticed, long ones
// don't buzz.
class Repetition {
 public:
  Repetition(std::uint32_t sample_rate, std::uint8_t channels);

  void remember(std::span<const std::int16_t> samples);  // the last packet's, interleaved
  void fill(std::size_t frames, std::vector<std::int16_t>& out);
  void forget();

 private:
  const std::size_t channels_;
  const std::size_t fade_;  // frames
  std::vector<std::int16_t> last_;
  std::size_t used_ = 0;  // frames made since the last packet
};

}  // namespace srs::codec
