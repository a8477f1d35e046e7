// Digits from telephone events (RFC 4733).
#pragma once

#include <srs/recording/document.hpp>
#include <srs/rtp/packet.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace srs::recording {

// Give it one source's event packets in the order of sequence numbers. Lost packets, the end's
// included, cost nothing but accuracy of the duration.
class DtmfReader {
 public:
  // `arrival` in ns from started_at.
  void add(const rtp::Packet& packet, std::int64_t arrival, std::uint32_t clock_rate);
  // The events so far, at most 1,000.
  std::vector<DtmfEntry> take();

 private:
  struct Event {
    std::uint8_t code = 0;
    std::uint32_t start = 0;    // timestamp of its beginning
    std::uint32_t segment = 0;  // timestamp of its last packets
    std::int64_t ticks = 0;     // duration in timestamp units
    bool ended = false;
    std::int64_t at = 0;  // ns
    std::uint32_t clock_rate = 8000;
  };
  bool goes_on(const Event& event, bool marker) const;
  void finish();

  std::optional<Event> current_;
  std::vector<DtmfEntry> entries_;
};

}  // namespace srs::recording
