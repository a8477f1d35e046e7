// Interarrival jitter (RFC 3550 §6.4.1, §A.8). Reads no clock.
#pragma once

#include <srs/util/time.hpp>

#include <cstdint>
#include <optional>

namespace srs::rtp {

// Arrival minus timestamp in units of `clock_rate`, modulo 2^32: the time under way and a constant.
std::uint32_t transit_of(std::uint32_t timestamp, WallTime arrival, std::uint32_t clock_rate);

class Jitter {
 public:
  // `transit` is transit_of() the packet; `clock_rate` is the payload type's, and another one than
  // before begins anew.
  void update(std::uint32_t timestamp, std::uint32_t transit, std::uint32_t clock_rate);

  void update(std::uint32_t timestamp, WallTime arrival, std::uint32_t clock_rate) {
    update(timestamp, transit_of(timestamp, arrival, clock_rate), clock_rate);
  }

  double value() const { return value_; }  // in timestamp units of the last clock rate

 private:
  std::uint32_t clock_rate_ = 0;
  std::uint32_t timestamp_ = 0;
  std::optional<std::uint32_t> transit_;
  double value_ = 0;
};

}  // namespace srs::rtp
