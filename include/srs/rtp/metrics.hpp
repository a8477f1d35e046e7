// The RTP floor's figures.
#pragma once

#include <srs/metrics/distribution.hpp>
#include <srs/metrics/registry.hpp>

#include <cstdint>
#include <memory>

namespace srs::rtp {

// Plain counters that the hot path adds to; read at scrape time.
struct Totals {
  std::uint64_t packets_received = 0;  // RTP packets accepted, duplicates included
  std::uint64_t bytes_received = 0;    // of their datagrams
  std::uint64_t packets_sent = 0;      // datagrams we sent from media ports: RTCP
  std::uint64_t bytes_sent = 0;
  std::uint64_t rtcp_received = 0;
  std::uint64_t invalid = 0;         // neither RTP nor RTCP
  std::uint64_t keep_alives = 0;     // empty datagrams and STUN
  std::uint64_t refused_source = 0;  // outside allowed_sources
  std::uint64_t unknown_payload = 0;
  // Every few seconds and at a stream's end, see src/rtp/settlement.hpp.
  std::uint64_t expected = 0;
  std::uint64_t lost = 0;
  std::uint64_t late = 0;  // for a live player
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;
  std::uint64_t source_changes = 0;  // address or SSRC

  // One observation for each stream that had a packet, at its end.
  metrics::Distribution stream_loss{{0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1}};
  metrics::Distribution stream_late{{0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1}};
  metrics::Distribution stream_jitter{
      // seconds
      {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5}};
};

// rtp_packets_received_total, rtp_packets_sent_total, rtp_bytes_received_total,
// rtp_bytes_sent_total and the rest of Totals, as Prometheus sees them. Keep the result as long as
// `totals` lives.
std::shared_ptr<prometheus::Collectable> expose(metrics::Registry& registry, const Totals& totals);

}  // namespace srs::rtp
