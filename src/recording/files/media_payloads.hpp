// What a stream's payload types mean.
#pragma once

#include <srs/recording/document.hpp>

#include <cstddef>
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
  std::uint8_t type = 0;
  std::string encoding;
  std::uint32_t clock_rate = 8000;
  std::uint8_t channels = 1;
  std::uint32_t sample_rate = 0;  // of decoded sound

  bool has_sound() const { return kind == Kind::Audio || kind == Kind::ComfortNoise; }
};

// What the 128 payload types of one stream mean: as offered, else RFC 3551's static ones (§6,
// tables 4, 5). A type that was mapped anew has several meanings, each with a number of its own.
class MediaPayloads {
 public:
  static constexpr std::size_t kTypes = 128;
  static constexpr std::size_t kMeanings = 256;  // at most

  explicit MediaPayloads(const StreamEntry& stream);

  // What `type` means in a packet that arrived then, ns from started_at.
  std::uint8_t meaning(std::uint8_t type, std::int64_t arrival) const;
  const MediaPayload& operator[](std::uint8_t meaning) const { return meanings_[meaning]; }
  std::size_t size() const { return meanings_.size(); }

 private:
  std::vector<MediaPayload> meanings_;  // those of now by their types, then former ones
  std::vector<std::int64_t> until_;     // ns, of the former ones
};

}  // namespace srs::recording
