// When a session that nobody ends is over.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/util/time.hpp>

#include <optional>

namespace srs::recording {

// Follows one session's hold and says when nothing was heard for too long. Reads no clock.
class Silence {
 public:
  explicit Silence(WallTime begun) : begun_(begun), since_(begun) {}

  // False where nothing changes.
  bool set_hold(bool hold, WallTime now);
  bool hold() const { return hold_; }

  // Why the session has to be ended at `now`, by the limits of `options`; nothing: it may go on.
  // `heard` is the arrival of its last media packet; `sign` that of its last packet of any kind,
  // media too:
  // who is muted, or suppresses silence, goes on sending RTCP.
  std::optional<EndReason> end(const Options& options, std::optional<WallTime> heard,
                               std::optional<WallTime> sign, WallTime now) const;

 private:
  WallTime begun_;
  WallTime since_;  // when it was put on hold, or taken back, or began
  bool hold_ = false;
};

}  // namespace srs::recording
