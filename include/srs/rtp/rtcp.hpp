// RTCP packets (RFC 3550 §6): reading compounds, writing a receiver's reports. Pure functions.
#pragma once

#include <srs/util/bytes.hpp>
#include <srs/util/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace srs::rtp {

// Seconds since 1900 in 32.32 fixed point, as SRs carry them (RFC 3550 §4).
using NtpTime = std::uint64_t;
WallTime to_wall(NtpTime time);
NtpTime to_ntp(WallTime time);

struct SenderReport {
  std::uint32_t ssrc = 0;
  NtpTime ntp = 0;              // the sender's wall clock when...
  std::uint32_t timestamp = 0;  // ...its RTP clock said this
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

// What a receiver says about one source (RFC 3550 §6.4.1).
struct ReportBlock {
  std::uint32_t ssrc = 0;              // the source that is reported on
  std::uint8_t fraction_lost = 0;      // of 256, since the last report
  std::int32_t cumulative_lost = 0;    // may be negative: duplicates
  std::uint32_t highest_sequence = 0;  // extended by the count of cycles
  std::uint32_t jitter = 0;            // timestamp units
  std::uint32_t last_sr = 0;           // middle 32 bits of the last SR's NTP time; 0: none came
  std::uint32_t delay_since_sr = 0;    // in 1/65536 s
};

struct SourceDescription {
  std::uint32_t ssrc = 0;
  std::string cname;  // as sent, at most 255 bytes, UTF-8 not checked
};

// One compound, taken apart. Packet types that are not named here are skipped.
struct Rtcp {
  std::vector<SenderReport> sender_reports;
  std::vector<ReportBlock> report_blocks;  // of SRs and RRs alike
  std::vector<SourceDescription> descriptions;
  std::vector<std::uint32_t> goodbyes;
};

// Nothing where the bytes are no compound RTCP packet: version, first type, lengths (RFC 3550 §A.2;
// a reduced-size packet of RFC 5506 may begin with any type). Any bytes are harmless.
std::optional<Rtcp> parse_rtcp(Bytes bytes);

// The sender reports of one datagram; empty where it holds none.
std::vector<SenderReport> sender_reports(Bytes bytes);

// A compound of RR and SDES with CNAME, as RFC 3550 §6.1 demands of every datagram, and BYE where
// `bye` is set. At most 31 blocks and 255 bytes of `cname` are written.
std::vector<std::uint8_t> write_report(std::uint32_t own_ssrc, std::span<const ReportBlock> blocks,
                                       std::string_view cname, bool bye);

}  // namespace srs::rtp
