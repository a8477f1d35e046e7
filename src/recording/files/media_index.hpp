// The RTP packets of a capture, sorted by stream and source.
#pragma once

#include "recording/files/media_payloads.hpp"
#include "recording/files/media_source.hpp"
#include "recording/files/pcapng_reader.hpp"

#include <srs/recording/document.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace srs::recording {

// One stream's packets.
class MediaStream {
 public:
  explicit MediaStream(const StreamEntry& entry);

  // `packet` has arrival, offset and length; false where it was left out (see left_out()).
  bool add(MediaPacket packet, const rtp::Packet& parsed);

  const MediaPayloads& payloads() const { return payloads_; }
  // In order of appearance.
  const std::deque<MediaSource>& sources() const { return sources_; }
  // Packets (duplicates not counted) of each meaning in payloads().
  std::uint64_t received(std::uint8_t meaning) const { return received_[meaning]; }
  std::uint64_t received() const { return packets_; }
  // Those of them that have no payload: keep-alives (RFC 6263 §4.6).
  std::uint64_t empty_packets(std::uint8_t meaning) const { return empty_[meaning]; }
  // Packets beyond what sound can need: of one source, or of too many sources.
  std::uint64_t left_out() const { return left_out_; }
  // How much sound a packet holds in the longest case, ns; 0: not known.
  std::int64_t packet_time() const;

 private:
  MediaSource* source(std::uint32_t ssrc);

  MediaPayloads payloads_;
  std::deque<MediaSource> sources_;
  std::unordered_map<std::uint32_t, MediaSource*> by_ssrc_;
  std::array<std::uint64_t, MediaPayloads::kMeanings> received_{};
  std::uint64_t packets_ = 0;
  std::array<std::uint64_t, MediaPayloads::kMeanings> empty_{};
  std::uint64_t left_out_ = 0;
};

// What the whole capture holds.
struct MediaIndex {
  std::deque<MediaStream> streams;  // as document.streams
  bool damaged = false;
  std::size_t readable = 0;       // bytes before the damage
  std::int64_t last_arrival = 0;  // ns from started_at, of any stream's packet
};

// Reads the capture once. Arrivals are taken as no earlier than started_at and no later than
// `latest`.
MediaIndex index_media(Bytes capture, const Document& document, WallTime latest);

// The time that one packet's sound takes, from the smallest step between neighbours' timestamps,
// ns; 0: not known.
std::int64_t packet_time(const MediaSource& source, const MediaPayloads& payloads);

}  // namespace srs::recording
