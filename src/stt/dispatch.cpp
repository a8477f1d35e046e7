// The queue: which job goes next, and when.
#include "stt/core.hpp"
#include "stt/incidents.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

}  // namespace

// Counts once for each time that a job waits, however often it is looked at meanwhile.
void PoolCore::hold_back(Entry& entry, const Choice& choice) {
  if (choice.bound == Budget::Bound::None || std::exchange(entry.held, true)) return;
  metrics_.held_back(engines_[choice.engine].name(), to_string(choice.bound));
}

// Who is asked instead may cost more: that is counted each time where it is for a bound, and said
// once of each job.
void PoolCore::pass_on(Entry& entry, const Choice& choice) {
  const auto name = engines_[*choice.passed_over].name();
  const bool broken = choice.bound == Budget::Bound::None;
  const auto reason = broken ? std::string_view("breaker") : to_string(choice.bound);
  add_incident(entry.state.incidents, name, reason, wall_now());
  if (!broken) metrics_.held_back(name, reason);
  if (std::exchange(entry.passed_on, true)) return;
  log_of(entry.state.job)
      .warning("transcription_passed_on",
               {{"provider", name}, {"limit", reason}, {"to", engines_[choice.engine].name()}});
}

// How long a job has to wait from now on.
milliseconds PoolCore::wait_of(Entry& entry, const Now& now) {
  const auto own = entry.not_before <= now.steady
                       ? milliseconds(0)
                       : std::chrono::ceil<milliseconds>(entry.not_before - now.steady);
  if (entry.state.written || entry.state.job.live) return own;
  const auto choice = choose(engines_, entry.state, options_.retry.attempts, milliseconds(0), now);
  // Overdue ones and those that nobody takes have to be told so.
  const auto left = time_left(entry);
  if (choice.kind != Choice::Kind::Wait || left.count() == 0) return own;
  hold_back(entry, choice);
  return std::max(own, std::min(choice.time, left));
}

bool PoolCore::has_slot_for(const Entry& entry) const {
  return (entry.state.written ? delivering_ : running_) < options_.concurrency;
}

// While the process ends nobody is asked. Live text needs nobody, and what was paid for and waits
// for the disk may still get there.
bool PoolCore::may_begin(const Entry& entry) const {
  if (!draining_) return true;
  if (entry.state.written) return false;
  return entry.state.job.live || unstored_.contains(entry.state.job.directory);
}

void PoolCore::dispatch() {
  if (stopped_ || resuming_) return;
  auto next_wake = milliseconds(60'000);
  for (;;) {
    const auto now = Now::get();
    EntryPointer best;
    const auto consider = [&](const EntryPointer& entry) {
      if (!has_slot_for(*entry) || !may_begin(*entry)) return;
      const auto wait = wait_of(*entry, now);
      if (wait.count() > 0) {
        next_wake = std::min(next_wake, wait);
        return;
      }
      const auto rank = [](const Entry& e) { return Rank{-e.state.job.priority, e.number}; };
      if (!best || rank(*entry) < rank(*best)) best = entry;
    };
    if (!fresh_.empty()) consider(fresh_.begin()->second);
    for (const auto& [rank, entry] : tried_) consider(entry);
    if (!best) break;
    const Rank rank{-best->state.job.priority, best->number};
    fresh_.erase(rank);
    tried_.erase(rank);
    best->running = true;
    best->delivering = best->state.written;
    best->held = false;
    ++slots_of(*best);
    tasks_.spawn("stt.transcribe", run(best));
  }
  if (!fresh_.empty() || !tried_.empty()) wake_in(next_wake);
}

void PoolCore::wake_in(milliseconds time) {
  wake_.expires_after(std::max(time, milliseconds(1)));
  wake_.async_wait([self = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (const auto core = self.lock()) core->dispatch();
  });
}

}  // namespace srs::stt
