// Which packets of one SSRC came, by sequence number (RFC 3550 §A.1, §A.3). Reads no clock.
#pragma once

#include <srs/rtp/sequence.hpp>

#include <bitset>
#include <cstdint>
#include <optional>

namespace srs::rtp {

class SequenceTracker {
 public:
  enum class Arrival {
    InOrder,    // the highest so far
    Reordered,  // after a higher one
    Duplicate,
    Restart,  // the second packet of a new sequence: the sender began anew
  };

  Arrival update(std::uint16_t sequence, std::uint32_t timestamp);

  // Packets that should have come: highest - lowest + 1, summed over restarts.
  std::uint64_t expected() const;
  // The highest sequence number, extended by the count of its cycles (RFC 3550 §6.4.1).
  std::uint32_t highest() const;

 private:
  // Packets behind the highest that duplicates are known of; further behind is a restart.
  static constexpr std::int64_t window = 512;
  static constexpr std::int64_t max_dropout = 3000;  // RFC 3550 §A.1

  // Of a duplicate's timestamp behind the highest's: nine minutes at 8 kHz, 87 seconds at 48.
  static constexpr std::int32_t max_behind = 1 << 22;

  void begin(std::uint16_t sequence);
  bool jumped(std::int64_t step, std::uint32_t timestamp) const;
  bool used_anew(std::int64_t step, std::uint32_t timestamp) const;
  Arrival after_jump(std::uint16_t sequence, std::uint32_t timestamp);
  Arrival advance(std::int64_t step, std::uint16_t sequence, std::uint32_t timestamp);
  Arrival look_back(std::uint16_t sequence);
  std::uint64_t epoch() const;  // expected since the last restart
  auto seen(std::uint64_t extended) { return seen_[extended % window]; }

  Unwrapper<std::uint16_t> unwrapper_;
  std::uint64_t lowest_ = 0;
  std::uint64_t settled_ = 0;  // expected before the last restart, and single strays
  std::bitset<window> seen_;
  std::uint32_t timestamp_ = 0;       // of the highest
  std::uint32_t timestamp_step_ = 0;  // between two packets in a row
  std::optional<std::uint16_t> next_after_jump_;
};

}  // namespace srs::rtp
