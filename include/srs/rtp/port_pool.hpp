// UDP port pairs for media streams.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/rtp/options.hpp>
#include <srs/util/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

namespace srs::rtp {

// Two bound UDP sockets: RTP on an even port, RTCP on the next one (RFC 3550 §11). Given back to
// its pool by the destructor; the pool outlives it.
class PortPair {
 public:
  virtual ~PortPair() = default;
  virtual std::uint16_t port() const = 0;  // the RTP port, even
  virtual int rtp_socket() const = 0;
  virtual int rtcp_socket() const = 0;
};

// Leases pairs in the configured range, round robin. A freed pair rests for the quarantine as long
// as others are left, so that stale media of one call does not enter the next; whatever reached its
// sockets meanwhile is thrown away, counted and told, when figures are asked for and at the next
// lease. Sockets of freed pairs stay bound up to `idle_pairs`. A port that another process holds is
// skipped. Runs on the io_context's thread.
class PortPool {
 public:
  using Clock = std::chrono::steady_clock;

  // Begins at a random pair of the range, so that a server which starts again seldom gives a new
  // call the port that a lost call still sends to. Fails where the range holds no pair, where
  // `allowed_sources` names no network, or where not a single pair can be bound.
  static Result<std::unique_ptr<PortPool>> open(const Options& options, metrics::Registry& registry,
                                                log::Logger log = {});
  virtual ~PortPool() = default;

  // An error where all pairs are taken or held by others; counted as exhaustion. The pairs of the
  // RTP ports in `avoided` are given only where there is no other, and those that rest after them,
  // the one that rested longest first; that is counted.
  virtual Result<std::unique_ptr<PortPair>> lease(Clock::time_point now,
                                                  std::span<const std::uint16_t> avoided) = 0;
  Result<std::unique_ptr<PortPair>> lease(Clock::time_point now) { return lease(now, {}); }

  // The same error, where so many pairs can't be had: to be asked before the first of several is
  // leased, since those that were leased for nothing have to rest.
  virtual Result<void> check_room(std::size_t pairs, Clock::time_point now) = 0;

  virtual std::size_t capacity() const = 0;                      // pairs in the range
  virtual std::size_t allocated() const = 0;                     // pairs leased now
  virtual std::size_t resting(Clock::time_point now) const = 0;  // pairs in quarantine
  virtual std::size_t held() const = 0;  // pairs that other processes held when last tried
  // Pairs that lease() could give now without cutting a quarantine.
  std::size_t available(Clock::time_point now) const {
    return capacity() - allocated() - resting(now) - held();
  }
};

}  // namespace srs::rtp
