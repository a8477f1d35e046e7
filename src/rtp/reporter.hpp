// Sends the receiver reports of one stream.
#pragma once

#include "address.hpp"

#include <srs/rtp/networks.hpp>
#include <srs/rtp/rtcp.hpp>
#include <srs/rtp/stream.hpp>

#include <chrono>
#include <random>
#include <span>
#include <string>

namespace srs::rtp {

// Knows when a report is due, and where it goes: to the address that RTCP came from (symmetric
// RTCP, RFC 4961 §4); until then to the one that SDP named, else beside the media's source; for
// multiplexed RTCP (RFC 5761) to the media's source itself. Never to a group, and never outside the
// allowed networks.
class Reporter {
 public:
  using Clock = std::chrono::steady_clock;

  Reporter(const Options& options, const PortPair& pair);

  void set_profile(const StreamProfile& profile);
  void on_media(const Endpoint& source);  // where it changes
  void on_rtcp(const Datagram& datagram);

  // Our own SSRC; choosing another one solves a collision (RFC 3550 §8.2).
  std::uint32_t ssrc() const { return ssrc_; }
  void choose_ssrc();

  // True once for each interval.
  bool due(Clock::time_point now);
  // False where there is nobody to send to, or the kernel refused.
  bool send(std::span<const ReportBlock> blocks, bool bye, Totals& totals);

 private:
  struct Route {
    Address to;
    int socket = -1;
  };
  Route route() const;
  bool allowed(const Address& address) const;

  const std::chrono::milliseconds interval_;
  const int rtp_socket_;
  const int rtcp_socket_;
  const bool v6_;
  std::vector<Network> allowed_;
  std::string cname_;
  std::minstd_rand random_;
  std::uint32_t ssrc_ = 0;
  Address media_;                    // where media comes from
  Address rtcp_;                     // where RTCP came from...
  bool rtcp_on_media_port_ = false;  // ...and to which of our ports
  Address hint_;                     // SDP's
  bool mux_ = false;
  std::optional<Clock::time_point> next_;
};

}  // namespace srs::rtp
