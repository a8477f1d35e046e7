#include "recording/silence.hpp"

#include <algorithm>
#include <chrono>

namespace srs::recording {

bool Silence::set_hold(bool hold, WallTime now) {
  if (hold == hold_) return false;
  hold_ = hold;
  since_ = now;
  return true;
}

std::optional<EndReason> Silence::end(const Options& options, std::optional<WallTime> heard,
                                      std::optional<WallTime> sign, WallTime now) const {
  const auto waited = [now](WallTime since, std::chrono::seconds limit) {
    return limit.count() > 0 && now - since > limit;
  };
  if (waited(begun_, options.max_duration)) return EndReason::MaxDuration;
  if (!hold_ && !heard) {
    if (waited(since_, options.no_media_timeout)) return EndReason::NoMedia;
    return std::nullopt;
  }
  const auto limit = hold_ ? options.hold_timeout : options.inactivity_timeout;
  // Who holds goes on sending RTCP, and may have been forgotten all the same.
  const auto last = (hold_ ? heard : sign).value_or(since_);
  if (waited(std::max(since_, last), limit)) return EndReason::Inactivity;
  return std::nullopt;
}

}  // namespace srs::recording
