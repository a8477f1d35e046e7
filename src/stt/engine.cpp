#include "stt/engine.hpp"

#include <algorithm>
#include <numeric>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUntilWoken = std::chrono::seconds(60);
// A rate that lets the next request through by then is no reason to pay somebody dearer.
constexpr milliseconds kWorthWaiting = std::chrono::seconds(5);

const Record& record_of(const JobState& state, const Engine& engine) {
  static const Record none;
  const auto at = state.providers.find(engine.name());
  return at == state.providers.end() ? none : at->second;
}

milliseconds until(auto then, auto now) {
  return then <= now ? milliseconds(0) : std::chrono::ceil<milliseconds>(then - now);
}

// How long the provider itself is not to be asked by anybody.
Budget::Wait closed_for(const Engine& engine, milliseconds audio, const Now& now) {
  const auto broken = until(engine.breaker.ready_at(now.steady), now.steady);
  const auto held = until(engine.held_until, now.steady);
  if (broken.count() > 0) return {Budget::Bound::None, std::max(broken, held)};
  if (held.count() > 0) return {Budget::Bound::RateLimited, held};
  return engine.budget.wait(now.steady, now.wall, audio);
}

}  // namespace

milliseconds earliest_pause(const std::vector<Engine>& engines, const JobState& state,
                            const Now& now) {
  std::optional<milliseconds> earliest;
  for (const auto& engine : engines) {
    const auto& record = record_of(state, engine);
    if (record.refused) continue;
    const auto pause = until(record.not_before, now.wall);
    earliest = std::min(earliest.value_or(pause), pause);
  }
  return earliest.value_or(milliseconds(0));  // all have refused: it has to be told
}

Choice choose(const std::vector<Engine>& engines, const JobState& state, std::size_t attempts,
              milliseconds audio, const Now& now) {
  std::vector<std::size_t> order(engines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rounds = [&](std::size_t i) {
    return record_of(state, engines[i]).failures / std::max<std::size_t>(attempts, 1);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rounds(a) < rounds(b); });
  Choice choice;
  std::optional<std::size_t> passed_over;
  auto over_bound = Budget::Bound::None;
  for (const auto i : order) {
    const auto& record = record_of(state, engines[i]);
    if (record.refused) continue;
    const auto pause = until(record.not_before, now.wall);
    const auto closed = closed_for(engines[i], audio, now);
    if (closed.time.count() == 0 && pause.count() == 0 && !engines[i].is_full())
      return {Choice::Kind::Ask, i, {}, over_bound, passed_over};
    // It is worth waiting for: it pauses or it is busy.
    if (closed.time.count() == 0)
      return {Choice::Kind::Wait, i, pause.count() > 0 ? pause : kUntilWoken, {}, {}};
    if (closed.bound == Budget::Bound::Requests && closed.time <= kWorthWaiting)
      return {Choice::Kind::Wait, i, std::max(closed.time, pause), closed.bound, {}};
    if (!passed_over) {
      passed_over = i;
      over_bound = closed.bound;
    }
    const auto time = std::max(closed.time, pause);
    if (choice.kind == Choice::Kind::None || time < choice.time)
      choice = {Choice::Kind::Wait, i, time, closed.bound, {}};
  }
  return choice;
}

}  // namespace srs::stt
