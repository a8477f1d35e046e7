// Which packets came too late for somebody who listens live. Reads no clock.
#pragma once

#include <cstdint>
#include <optional>

namespace srs::rtp {

// A model of a live player with a fixed delay: a packet is late where it came more than
// `playout_delay` after the fastest packet of the last seconds, both counted from their places on
// the sender's clock. Nothing is late for the recording, which is rendered after the call; the
// figure tells how the network would sound to a supervisor or a streaming transcription.
//
// Like real players it begins anew at a jump of the timestamps, and after so many late packets in a
// row that the delay itself has changed.
class Lateness {
 public:
  static constexpr std::uint32_t playout_delay_ms = 100;

  // `transit` is arrival minus timestamp in units of `clock_rate`, modulo 2^32 (RFC 3550 §A.8).
  // True where the packet is late. Packets that share a timestamp with the one before (telephone
  // events, RFC 4733 §2.3.2) have no place of their own and are never late.
  bool update(std::uint32_t timestamp, std::uint32_t transit, std::uint32_t clock_rate);

 private:
  static constexpr std::uint32_t window_seconds = 5;  // the fastest of the last 5 to 10 seconds
  static constexpr unsigned resync_after = 50;        // late packets in a row

  void begin(std::uint32_t timestamp, std::uint32_t transit, std::uint32_t clock_rate);
  void age(std::uint32_t timestamp);

  std::uint32_t clock_rate_ = 0;  // 0: nothing came yet
  std::uint32_t timestamp_ = 0;
  std::uint32_t window_begin_ = 0;               // timestamp at which the present window began
  std::uint32_t fastest_ = 0;                    // transit, of this window
  std::optional<std::uint32_t> fastest_before_;  // of the last one
  unsigned late_in_row_ = 0;
};

}  // namespace srs::rtp
