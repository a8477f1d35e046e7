// Warnings that may come with every packet, folded into one line per second.
#pragma once

#include <srs/log/logger.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace srs::log {

// `add()` as often as it happens; the first one and then at most one line each second reach the
// log, with `count=` since the last line. `flush()` writes what is left (at the end of a call).
class Folded {
 public:
  using Clock = std::chrono::steady_clock;

  Folded(Logger logger, Level level, std::string event);

  void add(Clock::time_point now, std::uint64_t count = 1);
  void flush();

 private:
  void write();

  Logger logger_;
  Level level_;
  std::string event_;
  std::uint64_t count_ = 0;
  std::optional<Clock::time_point> last_;
};

}  // namespace srs::log
