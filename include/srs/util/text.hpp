// Small text helpers for protocol readers. ASCII only: no locale takes part.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs {

bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);
std::string to_lower(std::string_view text);

// Without white space (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text);

// The parts between `separator`s, trimmed; at most `limit` of them, the last keeping the rest.
std::vector<std::string_view> split(std::string_view text, char separator,
                                    std::size_t limit = std::string_view::npos);

// The same text with every byte sequence that is not UTF-8 replaced by U+FFFD.
std::string to_utf8(std::string_view text);

// The whole text as a decimal number; nothing where it is none or does not fit.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace srs
