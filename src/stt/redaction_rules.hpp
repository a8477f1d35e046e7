// What is to be taken out of a text.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
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

// `four` -> 4, `oh` -> 0; English only.
std::optional<char> spoken_digit(std::string_view word);

// Whether the digits pass the check of ISO/IEC 7812-1 (Luhn).
bool passes_luhn(std::string_view digits);

}  // namespace srs::stt
