// Who is told which recordings wait for a provider.
#include "stt/core.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

// Each of them is a file that is written again: what passes soon is not told, what goes on is not
// told all the time, and a queue of thousands is told a few at a time.
constexpr milliseconds kPassesSoon = std::chrono::seconds(5);
constexpr milliseconds kBetweenLooks = std::chrono::seconds(1);
constexpr std::chrono::minutes kBeforeToldAgain{1};
constexpr std::size_t kMostLookedAt = 200;
constexpr std::size_t kMostTold = 5;

struct Why {
  std::string reason;  // empty: its turn has not come, no more
  std::string text;
};

Why why_of(const Engine& engine, const JobState& state, const Choice& choice, const Now& now) {
  const auto last = engine.last_failure ? engine.last_failure->text : std::string();
  if (choice.bound == Budget::Bound::RateLimited)
    return {std::string(to_string(choice.bound)), "it asked to be left alone: " + last};
  if (choice.bound != Budget::Bound::None)
    return {std::string(to_string(choice.bound)), "its limit in stt.limits is used up"};
  if (engine.breaker.state(now.steady) != Breaker::State::Closed)
    return {"breaker", "it is left alone after failures, the last one: " + last};
  const auto record = state.providers.find(engine.name());
  if (record != state.providers.end() && record->second.not_before > now.wall)
    return {std::string(to_string(record->second.reason)), record->second.text};
  return {};
}

}  // namespace

void PoolCore::watch_waiting() {
  if (std::exchange(watching_, true)) return;
  look_.expires_after(kBetweenLooks);
  look_.async_wait([self = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (const auto core = self.lock()) core->look_at_waiting();
  });
}

// Goes round all jobs, from where it came to the last time.
void PoolCore::look_at_waiting() {
  watching_ = false;
  if (stopped_ || draining_ || turns_.empty()) return;
  const auto now = Now::get();
  const auto most = std::min(entries_.size(), kMostLookedAt);
  std::size_t told = 0;
  auto at = entries_.upper_bound(looked_at_);
  for (std::size_t i = 0; i < most && told < kMostTold; ++i, ++at) {
    if (at == entries_.end()) at = entries_.begin();
    looked_at_ = at->first;
    if (tell_waiting(*at->second, now)) ++told;
  }
  watch_waiting();
}

bool PoolCore::tell_waiting(Entry& entry, const Now& now) {
  const auto& state = entry.state;
  if (listener == nullptr || entry.running || entry.forgotten || !entry.stored) return false;
  if (state.written || state.job.live) return false;
  if (now.wall < entry.waiting_told_until) return false;
  const auto choice = choose(engines_, state, options_.retry.attempts, milliseconds(0), now);
  const auto time = std::min(choice.time, time_left(entry));
  if (choice.kind != Choice::Kind::Wait || time < kPassesSoon) return false;
  const auto& engine = engines_[choice.engine];
  auto why = why_of(engine, state, choice, now);
  if (why.reason.empty()) return false;
  const auto next_try = now.wall + time;
  entry.waiting_told_until = std::max<WallTime>(next_try, now.wall + kBeforeToldAgain);
  listener->transcript_waits({state.job.directory, state.job.recording_id, engine.name(),
                              std::move(why.reason), std::move(why.text), next_try,
                              state.incidents});
  return true;
}

}  // namespace srs::stt
