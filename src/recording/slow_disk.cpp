#include "recording/slow_disk.hpp"

namespace srs::recording {
namespace {

using std::chrono::seconds;

constexpr seconds kStandsStill{5};
// Network storage may be gone for as long while another server takes it over: until then calls are
// better kept in memory than refused.
constexpr seconds kGone{60};
// New calls would lose as much as those that run.
constexpr seconds kLosing{5};
constexpr std::chrono::minutes kLostRecently{5};

std::string standstill(std::chrono::nanoseconds time) {
  return "the disk has taken nothing for " +
         std::to_string(std::chrono::duration_cast<seconds>(time).count()) + " s";
}

}  // namespace

void SlowDisk::look(Clock::time_point now, std::chrono::nanoseconds stalled,
                    std::uint64_t dropped) {
  now_ = now;
  stalled_ = stalled;
  if (dropped > dropped_) lost_ = now;
  dropped_ = dropped;
}

bool SlowDisk::stands_still() const {
  return stalled_ > kStandsStill;
}

std::string SlowDisk::trouble() const {
  if (lost_within(kLosing)) {
    return "media is being lost: the disk is too slow, and recording.capture.max_pending is used "
           "up";
  }
  return stalled_ > kGone ? standstill(stalled_) : std::string();
}

std::string SlowDisk::warning() const {
  if (stands_still()) return standstill(stalled_) + "; media waits in memory";
  if (!lost_within(kLostRecently)) return {};
  return "media was lost in the last 5 minutes: the disk was too slow";
}

bool SlowDisk::lost_within(std::chrono::nanoseconds time) const {
  return lost_ && now_ - *lost_ < time;
}

}  // namespace srs::recording
