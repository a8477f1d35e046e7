// The queue: which job goes next, and when.
#include "stt/core.hpp"
#include "stt/incidents.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestSleep = std::chrono::seconds(60);

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
  ++looks_;
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

// The part of it that no other job and no provider can shorten.
milliseconds PoolCore::pause_of(const Entry& entry, const Now& now) const {
  const auto own =
      std::max(milliseconds(0), std::chrono::ceil<milliseconds>(entry.not_before - now.steady));
  if (entry.state.written || entry.state.job.live) return own;
  // By the clock on the wall, which may be set: looked at again before long.
  const auto pause = std::min(earliest_pause(engines_, entry.state, now), kLongestSleep);
  return std::max(own, std::min(pause, time_left(entry)));
}

// While the process ends nobody is asked. Live text needs nobody, and what was paid for and waits
// for the disk may still get there.
bool PoolCore::may_begin(const Entry& entry) const {
  if (!draining_) return true;
  if (entry.state.written) return false;
  return entry.state.job.live || unstored_.contains(entry.state.job.directory);
}

// The first by rank that nothing holds back. Where nobody is, the tried ones are not looked at
// again before one of them may be: only those that come.
EntryPointer PoolCore::next_to_ask(const Now& now) {
  if (running_ >= options_.concurrency) return {};
  auto soonest = kLongestSleep;
  const auto is_due = [&](const EntryPointer& entry) {
    if (!may_begin(*entry)) return false;
    const auto wait = wait_of(*entry, now);
    if (wait.count() > 0) soonest = std::min(soonest, wait);
    return wait.count() == 0;
  };
  EntryPointer best;
  if (!turns_.fresh().empty() && is_due(turns_.fresh().begin()->second))
    best = turns_.fresh().begin()->second;
  const bool quiet = now.steady < quiet_until_;
  bool any_due = !quiet;
  for (const auto& entry : turns_.take_arrived())
    if (quiet && !any_due) any_due = is_due(entry);
  if (any_due) {
    quiet_until_ = {};  // the walk may end before the last of them
    for (const auto& [rank, entry] : turns_.tried()) {
      if (best && Turns::rank_of(*best) < rank) return best;
      if (is_due(entry)) return entry;
    }
  }
  const auto until = now.steady + soonest;
  quiet_until_ = !any_due ? std::min(quiet_until_, until) : until;
  return best;
}

// Between two pieces of it: somebody more urgent could begin now. Where a slot is free that one
// waits for what the provider takes at once, which our next piece would be.
bool PoolCore::has_to_give_way(const Entry& entry) {
  const auto now = Now::get();
  turns_.wake(now.steady);
  const auto is_more_urgent = [&](const Turns::Ranked::value_type& one) {
    return one.second->state.job.priority > entry.state.job.priority;
  };
  const auto is_due = [&](const EntryPointer& other) {
    return may_begin(*other) && wait_of(*other, now).count() == 0;
  };
  const auto& fresh = turns_.fresh();
  if (!fresh.empty() && is_more_urgent(*fresh.begin()) && is_due(fresh.begin()->second))
    return true;
  for (const auto& one : turns_.tried()) {
    if (!is_more_urgent(one)) return false;
    if (is_due(one.second)) return true;
  }
  return false;
}

EntryPointer PoolCore::next_to_deliver() const {
  if (delivering_ >= options_.concurrency || turns_.written().empty() || draining_) return {};
  return turns_.written().begin()->second;
}

void PoolCore::begin(const EntryPointer& entry) {
  turns_.remove(entry);
  entry->running = true;
  entry->delivering = entry->state.written;
  entry->held = false;
  ++slots_of(*entry);
  spawn("stt.transcribe", run(entry));
}

void PoolCore::dispatch() {
  if (stopped_ || resuming_) return;
  const auto now = Now::get();
  turns_.wake(now.steady);
  while (const auto entry = next_to_deliver()) begin(entry);
  while (const auto entry = next_to_ask(now)) begin(entry);
  if (turns_.empty()) return;
  // Who has no slot is woken by the one that leaves it.
  auto wake = now.steady + kLongestSleep;
  if (const auto pause_ends = turns_.next_wake()) wake = std::min(wake, *pause_ends);
  if (running_ < options_.concurrency) wake = std::min(wake, std::max(quiet_until_, now.steady));
  wake_in(std::chrono::ceil<milliseconds>(wake - now.steady));
}

void PoolCore::wake_in(milliseconds time) {
  wake_.expires_after(std::max(time, milliseconds(1)));
  wake_.async_wait([self = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (const auto core = self.lock()) core->dispatch();
  });
}

}  // namespace srs::stt
