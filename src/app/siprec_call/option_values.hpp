// Single values of the command line.
#pragma once

#include "app/siprec_call/options.hpp"

#include <srs/util/result.hpp>

#include <string_view>

namespace srs::call {

// `2.5` seconds; refused where negative or beyond a day.
Result<std::chrono::milliseconds> parse_seconds(std::string_view text);
// `AT:LEN`, seconds each: `3:2.5`.
Result<Hold> parse_hold(std::string_view text);
// `DIGITS@T`: `12#@1.5`.
Result<Press> parse_press(std::string_view text);
// `sip:alice@example.com`, `Alice <sip:alice@example.com>` or `"Alice" <...>`.
Result<Person> parse_person(std::string_view text);
// `Name: value`.
Result<std::pair<std::string, std::string>> parse_header(std::string_view text);

// Names regardless of case.
Result<Codec> parse_codec(std::string_view text);
Result<SenderKind> parse_sender(std::string_view text);

}  // namespace srs::call
