// What the recordings' disk does to calls when it is too slow, or stands still.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace srs::recording {

// Follows how long the disk has finished nothing that waits for it, and the datagrams for which no
// memory was left meanwhile. A disk that hangs (network storage that went away) refuses nothing:
// media waits in memory, as long as that lasts. Reads no clock.
class SlowDisk {
 public:
  using Clock = std::chrono::steady_clock;

  // As it is at `now`, about once a second; `dropped` is counted since the start.
  void look(Clock::time_point now, std::chrono::nanoseconds stalled, std::uint64_t dropped);

  // The disk has finished nothing for longer than any disk that works takes.
  bool stands_still() const;
  std::chrono::nanoseconds stalled() const { return stalled_; }
  // Why no new recording can be taken; empty: it can. Calls that run have what memory is left.
  std::string trouble() const;
  // What somebody should look at; empty: nothing.
  std::string warning() const;

 private:
  bool lost_within(std::chrono::nanoseconds time) const;

  Clock::time_point now_;
  std::chrono::nanoseconds stalled_{0};
  std::uint64_t dropped_ = 0;
  std::optional<Clock::time_point> lost_;  // seen last
};

}  // namespace srs::recording
