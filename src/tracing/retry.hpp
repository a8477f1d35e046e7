// What a collector's answer means (OTLP specification, "OTLP/HTTP Response").
#pragma once

#include <srs/util/http_client.hpp>
#include <srs/util/time.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace srs::tracing {

inline constexpr unsigned kMaxAttempts = 5;

enum class Verdict { Taken, TryAgain, Refused };

Verdict judge(const HttpOutcome& outcome);
// For a metric's label: `connect`, `timeout`, `status_429`, `status_4xx`, ...
std::string reason_of(const HttpOutcome& outcome);
// Every text that reason_of() gives.
std::vector<std::string> all_reasons();
// For a person.
std::string text_of(const HttpOutcome& outcome);

// How long to wait after the failed attempt number `attempt`, from 1: what Retry-After says, else
// doubling from one second; `share` from 0 to 1 spreads those who wait.
std::chrono::milliseconds pause_after(unsigned attempt, const HttpOutcome& outcome, WallTime now,
                                      double share);

// Seconds, or a date (RFC 9110 §10.2.3). Nothing where it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, WallTime now);

}  // namespace srs::tracing
