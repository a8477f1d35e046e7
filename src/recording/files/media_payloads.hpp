// What a stream's payload types mean.
#pragma once

#include <srs/recording/document.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::recording {

struct MediaPayload {
  enum class Kind {
    Unknown,       // no name: neither offered nor static
    Audio,         // decodable
    Undecodable,   // a codec that we know by name only
    Event,         // telephone-event, RFC 4733
    ComfortNoise,  // CN, RFC 3389
  };
  Kind kind = Kind::Unknown;
  std::string encoding;
  std::uint32_t clock_rate = 8000;
  std::uint8_t channels = 1;
  std::uint32_t sample_rate = 0;  // of decoded sound

  bool has_sound() const { return kind == Kind::Audio || kind == Kind::ComfortNoise; }
};

// The 128 payload types of one stream: as offered, else RFC 3551's static ones (§6, tables 4, 5).
class MediaPayloads {
 public:
  explicit MediaPayloads(const std::vector<PayloadEntry>& offered);

  const MediaPayload& operator[](std::uint8_t type) const { return types_[type & 0x7F]; }

 private:
  std::array<MediaPayload, 128> types_;
};

}  // namespace srs::recording
