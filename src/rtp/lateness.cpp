#include "lateness.hpp"

namespace srs::rtp {
namespace {

// Transit times wrap like the timestamps that they come from.
std::int32_t difference(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b);
}

}  // namespace

void Lateness::begin(std::uint32_t timestamp, std::uint32_t transit, std::uint32_t clock_rate) {
  clock_rate_ = clock_rate;
  timestamp_ = window_begin_ = timestamp;
  fastest_ = transit;
  fastest_before_.reset();
  late_in_row_ = 0;
}

// So that the reference follows the drift between the sender's clock and ours.
void Lateness::age(std::uint32_t timestamp) {
  const auto length = static_cast<std::int32_t>(window_seconds * clock_rate_);
  if (difference(timestamp, window_begin_) < length) return;
  window_begin_ = timestamp;
  fastest_before_ = fastest_;
  fastest_ += static_cast<std::uint32_t>(length);  // any packet of the new window is faster
}

bool Lateness::update(std::uint32_t timestamp, std::uint32_t transit, std::uint32_t clock_rate) {
  if (clock_rate != clock_rate_ || clock_rate == 0) {
    begin(timestamp, transit, clock_rate);
    return false;
  }
  if (timestamp == timestamp_) return false;
  const auto jump = difference(timestamp, timestamp_);
  const auto limit = static_cast<std::int32_t>(2 * window_seconds * clock_rate_);
  if (jump > limit || jump < -limit) {
    begin(timestamp, transit, clock_rate);
    return false;
  }
  timestamp_ = timestamp;
  age(timestamp);
  if (difference(transit, fastest_) < 0) fastest_ = transit;
  const bool before = fastest_before_ && difference(*fastest_before_, fastest_) < 0;
  const auto late_by = difference(transit, before ? *fastest_before_ : fastest_);
  if (late_by <= static_cast<std::int64_t>(clock_rate_) * playout_delay_ms / 1000) {
    late_in_row_ = 0;
    return false;
  }
  if (++late_in_row_ > resync_after) {
    begin(timestamp, transit, clock_rate);
    return false;
  }
  return true;
}

}  // namespace srs::rtp
