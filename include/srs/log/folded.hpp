// Warnings that may come with every packet, folded into one line per second.
#pragma once

#include <srs/log/logger.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace srs::log {

// `add()` as often as it happens; the first one and then at most one line each second reach the
// log, with `count=` since the last line. What is left is written with the fields of the last line:
// by write_overdue() a second after that line, by `flush()` at once (at the end of a call). `now`
// is of one clock for all calls; one that was set back costs a line. All Folded of one sink, and
// write_overdue(), live on one thread.
class Folded {
 public:
  using Clock = std::chrono::steady_clock;

  Folded(Logger logger, Level level, std::string event);
  ~Folded();
  Folded(const Folded&) = delete;
  Folded& operator=(const Folded&) = delete;

  // `more` says what else stands in the line; asked only where one is written.
  template <class Time, class More>  // Fields()
  void add(Time now, std::uint64_t count, More more) {
    count_ += count;
    if (!due(now.time_since_epoch())) return hold_back();
    more_ = more();
    write();
  }
  template <class Time>
  void add(Time now, std::uint64_t count = 1) {
    add(now, count, [] { return Fields{}; });
  }
  void flush();
  void flush_overdue(Clock::time_point now);

 private:
  bool due(std::chrono::nanoseconds now);
  void hold_back();
  void write();

  Logger logger_;
  Level level_;
  std::string event_;
  std::uint64_t count_ = 0;
  Fields more_;
  std::optional<std::chrono::nanoseconds> last_;
  Clock::time_point written_;  // when that was, by our own clock
};

// Whoever has a timer calls it about once a second.
void write_overdue(Sink& sink, Folded::Clock::time_point now);

}  // namespace srs::log
