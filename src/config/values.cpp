#include "config/values.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace srs::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Nanoseconds, largest first: the order in which they are tried for writing.
constexpr std::array<Unit, 5> kTimeUnits{{{"d", 86'400'000'000'000},
                                          {"h", 3'600'000'000'000},
                                          {"m", 60'000'000'000},
                                          {"s", 1'000'000'000},
                                          {"ms", 1'000'000}}};

constexpr std::array<Unit, 9> kSizeUnits{{{"TiB", std::uint64_t{1} << 40},
                                          {"TB", 1'000'000'000'000},
                                          {"GiB", 1 << 30},
                                          {"GB", 1'000'000'000},
                                          {"MiB", 1 << 20},
                                          {"MB", 1'000'000},
                                          {"KiB", 1 << 10},
                                          {"kB", 1'000},
                                          {"B", 1}}};

template <std::size_t N>
std::optional<std::uint64_t> factor(const std::array<Unit, N>& units, std::string_view name) {
  for (const auto& unit : units) {
    if (iequals(unit.name, name)) return unit.factor;
  }
  return std::nullopt;
}

// `value` * `by`, nothing where the product passes `limit`.
std::optional<std::uint64_t> times(std::uint64_t value, std::uint64_t by, std::uint64_t limit) {
  if (by != 0 && value > limit / by) return std::nullopt;
  return value * by;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Whether a parameter of a URL is what lets somebody in.
bool names_a_secret(std::string_view parameter) {
  static constexpr std::array<std::string_view, 8> kWords{"token", "key", "secret", "pass",
                                                          "pwd",   "sig", "auth",   "credential"};
  const auto name = to_lower(parameter);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

// Takes the characters at the front for which `digits` is what is_digit() says.
std::string_view take_while(std::string_view& text, bool digits) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end]) == digits) ++end;
  const auto front = text.substr(0, end);
  text.remove_prefix(end);
  return trim(front);
}

constexpr std::uint64_t kLongest = std::numeric_limits<std::int64_t>::max();

Error bad_duration(std::string_view text) {
  return {in_quotes(text) + " is no duration: write it as 40ms, 5s, 2m, 1h or 1h30m"};
}

}  // namespace

Result<Nanoseconds> read_duration(std::string_view text, Nanoseconds unit) {
  std::string_view rest = trim(text);
  std::uint64_t total = 0;
  if (rest.empty()) return bad_duration(text);
  while (!rest.empty()) {
    const auto number = to_number<std::uint64_t>(take_while(rest, true));
    const auto name = take_while(rest, false);
    // Only a number that stands alone may go without its unit.
    const auto by = name.empty() && total == 0 ? static_cast<std::uint64_t>(unit.count())
                                               : factor(kTimeUnits, name);
    if (!number || !by) return bad_duration(text);
    const auto part = times(*number, *by, kLongest - total);
    if (!part) return Error{in_quotes(text) + " is too long"};
    total += *part;
  }
  return Nanoseconds(static_cast<std::int64_t>(total));
}

std::string write_duration(Nanoseconds value) {
  const auto count = static_cast<std::uint64_t>(value.count());
  if (count == 0) return "0s";
  for (const auto& unit : kTimeUnits) {
    if (count % unit.factor == 0)
      return std::to_string(count / unit.factor) + std::string(unit.name);
  }
  return std::to_string(count / 1'000'000) + "ms";
}

Result<std::uint64_t> read_size(std::string_view text) {
  std::string_view rest = trim(text);
  const auto number = to_number<std::uint64_t>(take_while(rest, true));
  const auto by = rest.empty() ? std::optional<std::uint64_t>(1) : factor(kSizeUnits, trim(rest));
  if (!number || !by) {
    return Error{in_quotes(text) + " is no size: write it as 65536, 64KiB, 100MB or 1GiB"};
  }
  const auto bytes = times(*number, *by, std::numeric_limits<std::uint64_t>::max());
  if (!bytes) return Error{in_quotes(text) + " is too large"};
  return *bytes;
}

std::string write_size(std::uint64_t value) {
  if (value == 0) return "0";
  for (const auto& unit : kSizeUnits) {
    if (unit.factor > 1 && value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(value);
}

Result<bool> read_switch(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (iequals(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (iequals(text, no)) return false;
  }
  return Error{in_quotes(text) + " is neither true nor false"};
}

std::string without_credentials(std::string text) {
  const auto scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const auto host = scheme + 3;
  const auto at = text.substr(0, text.find_first_of("/?#", host)).rfind('@');
  if (at != std::string::npos && at > host) text.replace(host, at - host, kMask);
  for (auto begin = text.find('?', host); begin != std::string::npos;) {
    const auto end = std::min(text.find_first_of("&;#", begin + 1), text.size());
    const auto equals = text.find('=', begin);
    const auto name = std::string_view(text).substr(begin + 1, equals - begin - 1);
    begin = end < text.size() && text[end] != '#' ? end : std::string::npos;
    if (equals >= end || !names_a_secret(name)) continue;
    text.replace(equals + 1, end - equals - 1, kMask);
    if (begin != std::string::npos) begin = equals + 1 + kMask.size();
  }
  return text;
}

std::string in_quotes(std::string_view given) {
  constexpr std::size_t kShown = 120;
  const auto text = without_credentials(std::string(given));
  std::string shown = to_utf8(text.substr(0, kShown));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = '?';
  }
  return "`" + shown + (text.size() > kShown ? "…`" : "`");
}

}  // namespace srs::config
