// One SSRC of a stream: what its figures are made of. Reads no clock.
#pragma once

#include "address.hpp"
#include "jitter.hpp"
#include "lateness.hpp"
#include "sequence_tracker.hpp"

#include <srs/rtp/rtcp.hpp>
#include <srs/rtp/stream.hpp>

namespace srs::rtp {

class Source {
 public:
  using Arrival = SequenceTracker::Arrival;

  Arrival update(const Packet& packet, WallTime arrival, std::uint32_t clock_rate,
                 SourceStats& stats);
  void on_sender_report(NtpTime ntp, WallTime arrival);

  // True where `from` is not the address that the last packet came from; the first sets it.
  bool moved(const Endpoint& from);

  // Packets came since the last report: only then a report is owed (RFC 3550 §6.4).
  bool owes_report(const SourceStats& stats) const;
  ReportBlock report(const SourceStats& stats, WallTime now);

 private:
  static std::uint64_t received(const SourceStats& stats) {
    return stats.packets + stats.duplicates;
  }

  SequenceTracker sequence_;
  Jitter jitter_;
  Lateness lateness_;
  Address address_;
  std::uint64_t reported_expected_ = 0;
  std::uint64_t reported_received_ = 0;
  std::uint32_t last_sr_ = 0;
  WallTime sr_arrival_{};
};

}  // namespace srs::rtp
