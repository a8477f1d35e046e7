#include "sip/any_name.hpp"

#include "sip/own_parser.hpp"

#include <srs/util/text.hpp>

#include <sofia-sip/su_alloc.h>

#include <algorithm>

namespace srs::sip {
namespace {

bool is_in_tokens(char c) {
  return is_in_token(c) || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Behind the quote that ends what begins with one; npos where none does.
std::size_t end_of_quotes(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return std::string_view::npos;
}

bool is_well_named(std::string_view value) {
  if (!value.starts_with('"')) {
    const auto name = value.substr(0, value.find('<'));
    return std::all_of(name.begin(), name.end(), is_in_tokens);
  }
  const auto end = end_of_quotes(value);
  return end != std::string_view::npos && trim(value.substr(end)).starts_with('<');
}

std::string in_quotes(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') result += '\\';
    result += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
  }
  return result + '"';
}

issize_t parse_named(msg_hclass_t& own, su_home_t* home, msg_header_t* header, char* text,
                     isize_t size) {
  header->sh_common->h_class = &own;
  if (const auto quoted = with_quoted_name(std::string_view(text, size))) {
    size = static_cast<isize_t>(quoted->size());
    text = su_strndup(home, quoted->c_str(), size);
    if (text == nullptr) return -1;
  }
  return own.hc_parse(home, header, text, size);
}

// As msg_hclass_s::hc_parse, which see.
issize_t parse_from(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  return parse_named(*sip_from_class, home, header, text, size);
}

issize_t parse_to(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  return parse_named(*sip_to_class, home, header, text, size);
}

}  // namespace

void take_any_name(msg_mclass_t& message_class) {
  static const auto from = with_parser(*sip_from_class, parse_from);
  static const auto to = with_parser(*sip_to_class, parse_to);
  put_before_own(message_class, from, *sip_from_class);
  put_before_own(message_class, to, *sip_to_class);
}

std::optional<std::string> with_quoted_name(std::string_view value) {
  value = trim(value);
  // Of several the last one: no URI has any, but a name may.
  const auto address = value.rfind('<');
  if (address == std::string_view::npos || is_well_named(value)) return std::nullopt;
  auto name = trim(value.substr(0, address));
  if (name.starts_with('"')) name.remove_prefix(1);
  return in_quotes(name) + " " + std::string(value.substr(address));
}

}  // namespace srs::sip
