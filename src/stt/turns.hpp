// The order of those that wait.
#pragma once

#include "stt/entry.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace srs::stt {

// Ten thousand jobs may wait here while packets come on the same thread: nothing that happens to
// one of them looks at all of them. Who pauses lies by the time of its end, the others by priority
// and age, those apart that wait for the same.
class Turns {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Rank = std::tuple<int, std::uint64_t>;  // the smaller one goes first
  using Ranked = std::map<Rank, EntryPointer>;

  static Rank rank_of(const Entry& entry) { return {-entry.state.job.priority, entry.number}; }

  // Nobody may begin it before `until`.
  void add(const EntryPointer& entry, Time until, Time now);
  void remove(const EntryPointer& entry);
  // Those whose time has come wait for their turn from now on.
  void wake(Time now);
  // When wake() has the next one.
  std::optional<Time> next_wake() const;
  bool empty() const;

  // No provider has failed for them: all wait for the same.
  const Ranked& fresh() const { return fresh_; }
  // Each waits for something of its own.
  const Ranked& tried() const { return tried_; }
  // Their transcripts are written.
  const Ranked& written() const { return written_; }
  // Of tried(): those that came since the last call, and are there still.
  std::vector<EntryPointer> take_arrived();

 private:
  using Pause = std::pair<Time, std::uint64_t>;
  void line_up(const EntryPointer& entry);

  Ranked fresh_;
  Ranked tried_;
  Ranked written_;
  std::map<Pause, EntryPointer> pausing_;
  std::map<std::uint64_t, Time> pauses_;  // by the entries' numbers
  std::map<std::uint64_t, EntryPointer> arrived_;
};

}  // namespace srs::stt
