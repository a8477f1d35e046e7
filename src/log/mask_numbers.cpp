#include "log/mask_numbers.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace srs::log {
namespace {

constexpr std::size_t kKept = 3;
// Digits of a number outside of a URI: fewer are counts, ports and codes, more (E.164) identifiers.
constexpr std::size_t kShortest = 5;
constexpr std::ptrdiff_t kShortestInHeader = 7;
constexpr std::size_t kLongest = 15;
// Bounds of what is looked at, so that no text costs its square.
constexpr std::size_t kLongestUri = 512;
constexpr std::size_t kLongestWritten = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// All digits of [from, to) but the last three; those of an escape (`%2B49`) are not the number's.
void mask_digits(std::string& text, std::size_t from, std::size_t to) {
  std::size_t kept = 0;
  for (std::size_t i = to; i-- > from;) {
    const bool escape =
        (i >= from + 1 && text[i - 1] == '%') || (i >= from + 2 && text[i - 2] == '%');
    if (!is_digit(text[i]) || escape) continue;
    if (kept < kKept)
      ++kept;
    else
      text[i] = '*';
  }
}

// The user part, and each of its parameters (`1234;phone-context=+49`), are numbers of their own.
void mask_user(std::string& text, std::size_t from, std::size_t to) {
  while (from < to) {
    const auto part = std::min(text.find(';', from), to);
    mask_digits(text, from, part);
    from = part + 1;
  }
}

// Where a URI that begins at `from` ends at the latest.
std::size_t end_of_uri(std::string_view text, std::size_t from) {
  return from + std::min(text.substr(from, kLongestUri).find_first_of("<>\"' \t\r\n,"),
                         std::min(kLongestUri, text.size() - from));
}

void mask_uris(std::string& text) {
  static constexpr std::array<std::string_view, 6> kSchemes = {
      "sip:", "sips:", "tel:", "sip%3a", "sips%3a", "tel%3a"};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto rest = std::string_view(text).substr(at);
    const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                     [rest](auto name) { return istarts_with(rest, name); });
    if (scheme == kSchemes.end()) continue;
    if (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0) continue;
    const auto from = at + scheme->size();
    const auto end = end_of_uri(text, from);
    const auto uri = std::string_view(text).substr(from, end - from);
    auto user = std::min(uri.find('@'), uri.find("%40"));
    if (user == std::string_view::npos && istarts_with(*scheme, "tel")) user = uri.size();
    if (user == std::string_view::npos) continue;  // a host alone
    mask_user(text, from, from + user);
    at = from + user;
  }
}

// Nothing but a number as people write it: `+49 (30) 123-456`, `0301234567`.
bool is_number(std::string_view text) {
  const bool international = text.starts_with('+');
  std::size_t digits = 0;
  for (std::size_t i = international ? 1 : 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c))
      ++digits;
    else if (std::string_view(international ? " -()/." : " -()/").find(c) == std::string_view::npos)
      return false;
  }
  const bool date = text.size() == 10 && text[4] == '-' && text[7] == '-';
  return digits >= kShortest && digits <= kLongest && !date;
}

void mask_if_number(std::string& text, std::size_t from, std::size_t to) {
  const auto inner = trim(std::string_view(text).substr(from, to - from));
  if (is_number(inner)) mask_digits(text, from, to);
}

// Between `open` and the next `close`: "0301234567", <name>0301234567</name>.
void mask_enclosed(std::string& text, char open, char close) {
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
    const auto length = std::string_view(text).substr(at + 1, kLongestWritten).find(close);
    if (length != std::string_view::npos) mask_if_number(text, at + 1, at + 1 + length);
  }
}

// `X-Caller-Number: 0301234567`, but no count that SIP itself defines.
void mask_headers(std::string& text) {
  static constexpr std::array<std::string_view, 4> kCounts = {"content-length", "expires",
                                                              "session-expires", "timestamp"};
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
    const auto colon = text.find(':', begin);
    if (colon != std::string::npos && colon < end) {
      const auto name = to_lower(trim(std::string_view(text).substr(begin, colon - begin)));
      const bool count = std::find(kCounts.begin(), kCounts.end(), name) != kCounts.end();
      // An address and its port (`127.0.0.1:35175`) look like a header, and short numbers are
      // counts.
      const bool header = !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0;
      const auto digits = std::count_if(text.begin() + static_cast<std::ptrdiff_t>(colon),
                                        text.begin() + static_cast<std::ptrdiff_t>(end), is_digit);
      if (header && !count && digits >= kShortestInHeader) mask_if_number(text, colon + 1, end);
    }
    const auto next = text.find('\n', begin);
    if (next == std::string::npos) return;
    begin = next + 1;
  }
}

}  // namespace

void mask_phone_numbers(std::string& text) {
  if (std::none_of(text.begin(), text.end(), is_digit)) return;
  mask_uris(text);
  mask_if_number(text, 0, text.size());
  mask_enclosed(text, '"', '"');
  mask_enclosed(text, '>', '<');
  mask_headers(text);
}

}  // namespace srs::log
