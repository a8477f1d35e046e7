// How long to wait before trying again.
#pragma once

#include <srs/stt/options.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace srs::stt {

// After `failures` failures in a row (at least 1): half to all of first_pause * 2^(failures - 1),
// by `chance` from 0 to 1, so that what failed together does not come back together. What the
// provider asked for (Retry-After) is a lower bound, up to a day.
std::chrono::milliseconds pause_after(std::size_t failures, const RetryOptions& options,
                                      double chance,
                                      std::optional<std::chrono::milliseconds> asked);

// Retry-After (RFC 9110 §10.2.3): seconds, or a date in relation to `now`. Nothing where it is
// neither.
std::optional<std::chrono::milliseconds> retry_after(std::string_view header,
                                                     std::chrono::system_clock::time_point now);

}  // namespace srs::stt
