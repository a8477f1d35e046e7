#include "recording/files/sender_pace.hpp"

#include <algorithm>
#include <cstdlib>

namespace srs::recording {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSmall = 40 * kMillisecond;     // less is nobody's doing
constexpr std::int64_t kLonger = 120 * kMillisecond;   // more is no path that got longer
constexpr std::int64_t kJitter = 200 * kMillisecond;   // more is no jitter
constexpr std::int64_t kQuiet = 10 * kMillisecond;     // of a network without much of it
constexpr std::int64_t kLongest = 200 * kMillisecond;  // of a packet's sound; more is a pause

}  // namespace

SenderPace::Step SenderPace::judge(std::int64_t arrived, std::int64_t sent, bool follows) {
  const auto apart = std::abs(arrived - sent);
  Step step{apart > (quiet() ? kSmall : kJitter), false, quiet() ? kLonger : kJitter};
  if (apart > kSmall && follows && is_sender(arrived, sent)) step = {true, true, kSmall};
  if (follows && apart <= kSmall && sent > 0 && sent <= kLongest) usual_ = sent;
  uneven_ += (std::min(apart, kSmall) - uneven_) / 16;
  return step;
}

// A clock that goes back, or a packet that came at its time with a timestamp of another. Where a
// sender pauses (RFC 3551 §4.1) both steps are long, but for jitter.
bool SenderPace::is_sender(std::int64_t arrived, std::int64_t sent) const {
  if (sent <= 0) return true;
  return usual_ > 0 && quiet() && std::abs(arrived - usual_) <= kQuiet;
}

bool SenderPace::quiet() const {
  return uneven_ <= kQuiet;
}

}  // namespace srs::recording
