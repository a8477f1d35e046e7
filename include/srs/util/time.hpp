// Points in time, and how they are written.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace srs {

// Wall-clock time at the resolution of kernel receive timestamps.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

inline WallTime wall_now() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

// `2026-11-22T11:09:45.123Z`: UTC, milliseconds (RFC 3339).
std::string to_rfc3339(WallTime time);

// Reads what SRCs write as a date: RFC 3339 with or without fraction, zone `Z`, `+00:00`, `+0000`
// or none (then UTC). Nothing where the text is no date.
std::optional<WallTime> from_rfc3339(std::string_view text);

}  // namespace srs
