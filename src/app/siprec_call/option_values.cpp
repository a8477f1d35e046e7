#include "app/siprec_call/option_values.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>

namespace srs::call {
namespace {

constexpr double kLongest = 86400;  // seconds

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_key(char c) {
  return std::string_view("0123456789*#ABCD").find(c) != std::string_view::npos;
}

}  // namespace

Result<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  const auto seconds = to_number<double>(text);
  if (!seconds || !(*seconds >= 0 && *seconds <= kLongest)) {
    return Error{"'" + std::string(text) + "' is no number of seconds between 0 and 86400"};
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000 + 0.5));
}

Result<Hold> parse_hold(std::string_view text) {
  const auto parts = split(text, ':', 2);
  if (parts.size() != 2) {
    return Error{"'" + std::string(text) + "' must be AT:LEN in seconds, such as 3:2.5"};
  }
  const auto at = parse_seconds(parts[0]);
  const auto length = parse_seconds(parts[1]);
  if (!at) return at.error();
  if (!length) return length.error();
  return Hold{*at, *length};
}

Result<Press> parse_press(std::string_view text) {
  const auto parts = split(text, '@', 2);
  if (parts.size() != 2 || parts[0].empty() ||
      !std::all_of(parts[0].begin(), parts[0].end(), is_key)) {
    return Error{"'" + std::string(text) +
                 "' must be DIGITS@T, such as 12#@1.5; digits are 0-9 * # A-D"};
  }
  const auto at = parse_seconds(parts[1]);
  if (!at) return at.error();
  return Press{std::string(parts[0]), *at};
}

Result<Person> parse_person(std::string_view text) {
  const auto whole = trim(text);
  if (whole.empty() || has_control_character(whole)) {
    return Error{"an address of record is needed, such as sip:alice@example.com"};
  }
  const auto open = whole.find('<');
  if (open == std::string_view::npos) return Person{{}, std::string(whole)};
  const auto close = whole.find('>', open);
  if (close == std::string_view::npos || close == open + 1) {
    return Error{"'" + std::string(text) + "' must be AOR or NAME <AOR>"};
  }
  auto name = trim(whole.substr(0, open));
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
    name = name.substr(1, name.size() - 2);
  }
  return Person{std::string(name), std::string(whole.substr(open + 1, close - open - 1))};
}

// What the INVITE has once, and the stack writes.
bool is_own_header(std::string_view name) {
  constexpr std::array own{"Via",          "v", "From",           "f",       "To", "t",
                           "Call-ID",      "i", "CSeq",           "Contact", "m",  "Max-Forwards",
                           "Content-Type", "c", "Content-Length", "l"};
  return std::any_of(own.begin(), own.end(),
                     [name](const char* header) { return iequals(header, name); });
}

Result<std::pair<std::string, std::string>> parse_header(std::string_view text) {
  const auto parts = split(text, ':', 2);
  if (parts.size() != 2 || parts[0].empty() || has_control_character(text)) {
    return Error{"'" + std::string(text) + "' must be one header as 'Name: value'"};
  }
  if (is_own_header(parts[0])) {
    return Error{"'" + std::string(text) + "': siprec-call writes " + std::string(parts[0]) +
                 " itself"};
  }
  return std::pair{std::string(parts[0]), std::string(parts[1])};
}

Result<Codec> parse_codec(std::string_view text) {
  if (iequals(text, "pcmu")) return Codec::Pcmu;
  if (iequals(text, "pcma")) return Codec::Pcma;
  return Error{"'" + std::string(text) + "' must be pcmu or pcma"};
}

Result<SenderKind> parse_sender(std::string_view text) {
  if (iequals(text, "auto")) return SenderKind::Auto;
  if (iequals(text, "ortp")) return SenderKind::Ortp;
  if (iequals(text, "bulk")) return SenderKind::Bulk;
  return Error{"'" + std::string(text) + "' must be auto, ortp or bulk"};
}

}  // namespace srs::call
