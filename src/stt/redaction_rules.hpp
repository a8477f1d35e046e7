// What is to be taken out of a text.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace srs::stt {

// From where to where, in bytes.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};
using Spans = std::vector<Span>;
// The places that a rule finds; they may overlap.
using Finder = std::function<Spans(std::string_view)>;

// Of a built-in rule or NAME=REGEX; empty where that is none (check_redaction_rule).
Finder finder_of(std::string_view rule);

// Those of account_numbers.cpp and spelled_emails.cpp.
Spans find_ninos(std::string_view text);
Spans find_checked_ibans(std::string_view text);
Spans find_spelled_emails(std::string_view text);

// Whether the digits pass the check of ISO/IEC 7812-1 (Luhn).
bool passes_luhn(std::string_view digits);

}  // namespace srs::stt
