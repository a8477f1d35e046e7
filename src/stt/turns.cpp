#include "stt/turns.hpp"

namespace srs::stt {

void Turns::add(const EntryPointer& entry, Time until, Time now) {
  if (until <= now) return line_up(entry);
  pausing_.emplace(Pause{until, entry->number}, entry);
  pauses_.emplace(entry->number, until);
}

void Turns::line_up(const EntryPointer& entry) {
  const auto& state = entry->state;
  const auto rank = rank_of(*entry);
  if (state.written) {
    written_[rank] = entry;
  } else if (state.providers.empty() && !state.job.live) {
    fresh_[rank] = entry;
  } else {
    tried_[rank] = entry;
    arrived_[entry->number] = entry;
  }
}

void Turns::remove(const EntryPointer& entry) {
  const auto rank = rank_of(*entry);
  fresh_.erase(rank);
  tried_.erase(rank);
  written_.erase(rank);
  arrived_.erase(entry->number);
  const auto pause = pauses_.find(entry->number);
  if (pause == pauses_.end()) return;
  pausing_.erase({pause->second, entry->number});
  pauses_.erase(pause);
}

void Turns::wake(Time now) {
  while (!pausing_.empty() && pausing_.begin()->first.first <= now) {
    const auto entry = pausing_.begin()->second;
    pausing_.erase(pausing_.begin());
    pauses_.erase(entry->number);
    line_up(entry);
  }
}

std::optional<Turns::Time> Turns::next_wake() const {
  if (pausing_.empty()) return std::nullopt;
  return pausing_.begin()->first.first;
}

bool Turns::empty() const {
  return fresh_.empty() && tried_.empty() && written_.empty() && pausing_.empty();
}

std::vector<EntryPointer> Turns::take_arrived() {
  std::vector<EntryPointer> entries;
  for (const auto& [number, entry] : std::exchange(arrived_, {})) entries.push_back(entry);
  return entries;
}

}  // namespace srs::stt
