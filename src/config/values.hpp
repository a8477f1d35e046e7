// How settings are written: durations, sizes, numbers, switches.
#pragma once

#include <srs/util/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace srs::config {

using Nanoseconds = std::chrono::nanoseconds;

// `40ms`, `5s`, `2m`, `1h`, `1d` and sums of them (`1h30m`); a plain number counts `unit`s.
Result<Nanoseconds> read_duration(std::string_view text, Nanoseconds unit);
// In the largest unit that keeps it whole: `40ms`, `5m`, `90s`.
std::string write_duration(Nanoseconds value);

// `512`, `16KiB`, `1GiB` (powers of 1024), `100MB` (powers of 1000), in bytes.
Result<std::uint64_t> read_size(std::string_view text);
// In the largest unit that keeps it whole.
std::string write_size(std::uint64_t value);

// true/false, yes/no, on/off, 1/0.
Result<bool> read_switch(std::string_view text);

// A URL without what gives access: `user:password@`, and the values of parameters that are named
// after tokens, keys, secrets, passwords or signatures become kMask. Any other text as it is.
std::string without_credentials(std::string text);

// Stands for a secret wherever settings are shown.
inline constexpr std::string_view kMask = "********";

// What was given, as error texts show it: in backquotes, cut and without control characters or
// credentials.
std::string in_quotes(std::string_view text);

}  // namespace srs::config
