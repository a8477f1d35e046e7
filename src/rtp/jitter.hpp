// Interarrival jitter (RFC 3550 §6.4.1, §A.8). Reads no clock.
#pragma once

#include <srs/util/time.hpp>

#include <cstdint>
#include <optional>

namespace srs::rtp {

class Jitter {
 public:
  // `clock_rate` is the payload type's; another one than before begins anew.
  void update(std::uint32_t timestamp, WallTime arrival, std::uint32_t clock_rate);

  double value() const { return value_; }  // in timestamp units of the last clock rate

 private:
  std::uint32_t clock_rate_ = 0;
  std::uint32_t timestamp_ = 0;
  std::optional<std::uint32_t> transit_;
  double value_ = 0;
};

}  // namespace srs::rtp
