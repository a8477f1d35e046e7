// tracestate (W3C Trace Context §3.3).
#include <srs/tracing/context.hpp>

#include <algorithm>
#include <set>

namespace srs::tracing {
namespace {

constexpr std::size_t kMaxMembers = 32;
constexpr std::size_t kMaxBytes = 4096;  // §3.3.1.5 wants at least 512 handed on

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Everything behind a key's first character.
bool is_key_rest(std::string_view text, std::size_t max) {
  return text.size() <= max && std::all_of(text.begin(), text.end(), [](char c) {
           return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
         });
}

// §3.3.1.3.1: `vendor`, or `tenant@vendor`.
bool is_key(std::string_view key) {
  const auto at = key.find('@');
  if (at == std::string_view::npos) {
    return !key.empty() && is_lower(key[0]) && is_key_rest(key.substr(1), 255);
  }
  const auto tenant = key.substr(0, at);
  const auto vendor = key.substr(at + 1);
  return !tenant.empty() && (is_lower(tenant[0]) || is_digit(tenant[0])) &&
         is_key_rest(tenant.substr(1), 240) && !vendor.empty() && is_lower(vendor[0]) &&
         is_key_rest(vendor.substr(1), 13);
}

// §3.3.1.3.2: printable, neither comma nor equals sign, no space at the end.
bool is_value(std::string_view value) {
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string parse_tracestate(std::string_view text) {
  if (text.size() > kMaxBytes) return {};
  std::string result;
  std::set<std::string_view> keys;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto member = without_blanks(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (member.empty()) continue;  // allowed, §3.3.1.1
    const auto equals = member.find('=');
    if (equals == std::string_view::npos) return {};
    const auto key = member.substr(0, equals);
    const bool sound = is_key(key) && is_value(member.substr(equals + 1));
    if (!sound || !keys.insert(key).second || keys.size() > kMaxMembers) return {};
    result.append(result.empty() ? "" : ",").append(member);
  }
  return result;
}

}  // namespace srs::tracing
