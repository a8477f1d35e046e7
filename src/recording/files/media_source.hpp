// The packets of one SSRC, in order.
#pragma once

#include "recording/files/media_payloads.hpp"

#include <srs/rtp/packet.hpp>
#include <srs/util/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace srs::recording {

// Where a packet lies in the capture and in time. 32 bytes, since there are millions of them.
struct MediaPacket {
  std::int64_t arrival = 0;       // ns from started_at
  std::uint64_t sequence = 0;     // extended
  std::uint64_t offset : 48 = 0;  // of the RTP header in the capture
  std::uint64_t length : 16 = 0;  // of the datagram
  std::uint32_t timestamp = 0;
  std::uint8_t payload = 0;  // its meaning, see MediaPayloads
  bool marker = false;
  bool empty = false;  // no payload: a keep-alive (RFC 6263 §4.1)
};
static_assert(sizeof(MediaPacket) == 32);

// Past this many missing numbers the sender has begun anew (RFC 3550 §A.1, MAX_DROPOUT).
inline constexpr std::uint64_t kMaxDropout = 3000;
// Likewise behind; RFC 3550 says 100, a stalled network brings more.
inline constexpr int kMaxMisorder = 250;

// Sorts one SSRC's packets while they are read in the order of arrival; drops duplicates.
class MediaSource {
 public:
  explicit MediaSource(std::uint32_t ssrc) : ssrc_(ssrc) {}

  // `packet.sequence` need not be set. False where the source sends more than any sound needs
  // (500/s beyond a burst of 5,000): the packet is left out.
  bool add(MediaPacket packet, std::uint16_t sequence, const MediaPayload& payload);

  std::uint32_t ssrc() const { return ssrc_; }
  const std::vector<MediaPacket>& packets() const { return packets_; }  // by sequence number
  std::int64_t first_arrival() const { return first_arrival_; }
  std::uint64_t duplicates() const { return duplicates_; }
  std::uint64_t lost() const;
  double jitter_seconds() const { return jitter_; }

 private:
  bool admit(std::int64_t arrival);
  bool is_duplicate(const MediaPacket& packet, std::uint16_t sequence) const;
  std::uint64_t extend(const MediaPacket& packet, std::uint16_t sequence, std::uint32_t clock_rate);
  bool is_late(const MediaPacket& packet, std::uint64_t sequence, std::uint32_t clock_rate) const;
  bool was_stray(std::uint16_t sequence) const;
  void insert(const MediaPacket& packet);
  void update_jitter(const MediaPacket& packet, const MediaPayload& payload);

  std::uint32_t ssrc_;
  std::vector<MediaPacket> packets_;
  std::uint64_t highest_ = 0;
  std::optional<std::uint64_t> before_;  // the highest before a beginning of one packet so far
  std::int64_t first_arrival_ = 0;
  std::uint64_t duplicates_ = 0;
  double allowance_ = 5000;  // packets that may come now
  std::int64_t allowed_at_ = 0;
  // RFC 3550 §A.8
  double jitter_ = 0;
  std::int64_t last_arrival_ = 0;
  std::uint32_t last_timestamp_ = 0;
  std::uint32_t last_clock_ = 0;  // 0: no packet yet
};

}  // namespace srs::recording
