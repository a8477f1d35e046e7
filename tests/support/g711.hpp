// G.711 (ITU-T G.711) for tests, written apart from the server's own so that one mistake is not
// made twice. Samples are -1 to 1.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace srs::test {

inline float decode_ulaw(std::uint8_t code) {
  code = static_cast<std::uint8_t>(~code);
  const int exponent = (code >> 4) & 7;
  const int magnitude = ((((code & 15) << 3) + 0x84) << exponent) - 0x84;
  return static_cast<float>((code & 0x80) != 0 ? -magnitude : magnitude) / 32768.0F;
}

inline float decode_alaw(std::uint8_t code) {
  code ^= 0x55;
  const int exponent = (code >> 4) & 7;
  int magnitude = ((code & 15) << 4) + 8;
  if (exponent > 0) magnitude = (magnitude + 0x100) << (exponent - 1);
  return static_cast<float>((code & 0x80) != 0 ? magnitude : -magnitude) / 32768.0F;
}

// The code whose value is nearest.
template <float (*Decode)(std::uint8_t)>
std::uint8_t encode_nearest(float sample) {
  using Entry = std::pair<float, std::uint8_t>;
  static const auto codes = [] {
    std::array<Entry, 256> out;
    for (unsigned code = 0; code < 256; ++code)
      out[code] = {Decode(static_cast<std::uint8_t>(code)), static_cast<std::uint8_t>(code)};
    std::ranges::sort(out);
    return out;
  }();
  const auto above = std::ranges::lower_bound(codes, sample, {}, &Entry::first);
  if (above == codes.begin()) return above->second;
  const auto below = above - 1;
  if (above == codes.end()) return below->second;
  return above->first - sample < sample - below->first ? above->second : below->second;
}

inline std::uint8_t encode_ulaw(float sample) {
  return encode_nearest<decode_ulaw>(sample);
}
inline std::uint8_t encode_alaw(float sample) {
  return encode_nearest<decode_alaw>(sample);
}

}  // namespace srs::test
