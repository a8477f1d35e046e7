// One media stream as the SRS receives it.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/rtp/engine.hpp>
#include <srs/rtp/packet.hpp>
#include <srs/rtp/port_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace srs::rtp {

// RFC 3550 §6.4.1 and §A.3, §A.8, for one SSRC.
struct SourceStats {
  std::uint32_t ssrc = 0;
  std::string cname{};        // from SDES, empty: not said
  std::uint64_t packets = 0;  // without duplicates
  std::uint64_t bytes = 0;    // of payload
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;      // came after a higher sequence number
  std::uint64_t late = 0;           // for a live player, see src/rtp/lateness.hpp
  std::uint64_t expected = 0;       // highest - lowest + 1
  double jitter = 0;                // in RTP timestamp units
  std::uint32_t clock_rate = 8000;  // for jitter
  WallTime first_arrival{};
  WallTime last_arrival{};
  bool said_bye = false;  // RTCP BYE (§6.6)

  std::uint64_t lost() const { return expected > packets ? expected - packets : 0; }
};

struct StreamStats {
  std::uint64_t packets = 0;          // RTP accepted
  std::uint64_t bytes = 0;            // of whole datagrams
  std::uint64_t invalid = 0;          // no RTP and no RTCP
  std::uint64_t unknown_payload = 0;  // payload types that SDP did not name (kept all the same)
  std::uint64_t source_changes = 0;
  std::uint64_t kernel_drops = 0;    // datagrams that found our sockets full
  std::uint64_t truncated = 0;       // datagrams longer than we read, left out
  std::vector<SourceStats> sources;  // in order of appearance, bounded
  SourceStats others;                // sums of sources beyond the bound; its SSRC means nothing
  std::optional<WallTime> first_arrival;
  std::optional<WallTime> last_arrival;
  std::optional<WallTime> last_sign;  // of life beside media: RTCP, keep-alives

  std::uint64_t lost() const;
  std::uint64_t duplicates() const;
  std::uint64_t expected() const;
  std::uint64_t late() const;
  double jitter_ms() const;  // of the last source
};

// Who keeps the datagrams: the recording's capture.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Each accepted datagram, RTP or RTCP, duplicates included, once.
  virtual void on_datagram(std::uint16_t local_port, const Datagram& datagram) = 0;
};

// What SDP says about a stream.
struct StreamProfile {
  struct Payload {
    std::uint8_t type = 0;
    std::uint32_t clock_rate = 8000;
  };
  std::vector<Payload> payloads{};
  // Where receiver reports go until an RTCP packet of the source shows better (RFC 3605, RFC 4961).
  std::optional<Endpoint> rtcp_destination{};
  bool rtcp_mux = false;
};

struct Totals;  // the floor's counters; see metrics.hpp

// Receives on its own port pair, checks packets, keeps RFC 3550's statistics, follows a change of
// source address or SSRC, sends receiver reports, and hands everything to `sink`. Media is taken
// from any source (an SRC's SDP addresses are often invented), or only from `allowed_sources`.
// Runs on the io_context; engine, sink and totals outlive it. The destructor drains the sockets.
class Stream final : public PacketSink {
 public:
  Stream(boost::asio::any_io_executor executor, const Options& options, Engine& engine,
         std::unique_ptr<PortPair> pair, StreamSink& sink, Totals& totals, log::Logger log);
  ~Stream() override;

  std::uint16_t port() const;
  // After every offer: labels' scope is the message, payload types may be mapped anew.
  void set_profile(const StreamProfile& profile);
  const StreamStats& stats() const { return stats_; }
  // Takes what the kernel still holds; after close() nothing more comes and a last receiver report
  // with BYE has been sent.
  void close();

  void on_datagrams(std::span<const Datagram> datagrams) override;
  void on_turn(std::chrono::steady_clock::time_point now) override;
  void on_kernel_drops(std::uint32_t datagrams) override { stats_.kernel_drops += datagrams; }
  void on_truncated(std::uint64_t datagrams) override { stats_.truncated += datagrams; }

 private:
  struct Impl;
  StreamStats stats_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srs::rtp
