// Noise where a sender asked for it (RFC 3389).
#pragma once

#include <srs/util/bytes.hpp>

#include <cstdint>
#include <span>

namespace srs::recording {

// Root mean square, in samples, that a comfort-noise payload asks for: its first byte is the level
// in -dBov (RFC 3389 §3.1). The spectrum that may follow is not rendered. 0 for an empty payload.
double noise_level(Bytes payload);

// White noise of a fixed sequence: the same capture renders to the same file.
class NoiseSource {
 public:
  void add(std::span<std::int32_t> samples, double level);

 private:
  std::uint32_t state_ = 0x2545F491;
};

}  // namespace srs::recording
