#include "jitter.hpp"

#include <cmath>

namespace srs::rtp {
namespace {

// The time of arrival in timestamp units, modulo 2^32 like the timestamps themselves.
std::uint32_t in_units(WallTime arrival, std::uint32_t clock_rate) {
  constexpr std::uint64_t second = 1'000'000'000;
  const auto since = static_cast<std::uint64_t>(arrival.time_since_epoch().count());
  return static_cast<std::uint32_t>(since / second * clock_rate +
                                    since % second * clock_rate / second);
}

}  // namespace

std::uint32_t transit_of(std::uint32_t timestamp, WallTime arrival, std::uint32_t clock_rate) {
  return in_units(arrival, clock_rate) - timestamp;
}

void Jitter::update(std::uint32_t timestamp, std::uint32_t transit, std::uint32_t clock_rate) {
  if (clock_rate != clock_rate_) {
    clock_rate_ = clock_rate;
    transit_.reset();
    value_ = 0;
  }
  // The packets of one telephone event share its first timestamp (RFC 4733 §2.3.2) and say nothing
  // about the network's delay.
  if (transit_ && timestamp == timestamp_) return;
  timestamp_ = timestamp;
  if (transit_) {
    const auto d = std::abs(static_cast<double>(static_cast<std::int32_t>(transit - *transit_)));
    // More than a second is no jitter: the sender's timestamps or somebody's clock jumped.
    if (d <= clock_rate) value_ += (d - value_) / 16;
  }
  transit_ = transit;
}

}  // namespace srs::rtp
