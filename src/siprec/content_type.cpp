#include <srs/siprec/multipart.hpp>
#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::siprec {
namespace {

// Takes what stands before the next `;` outside of quotes.
std::string_view take_parameter(std::string_view& text) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != ';'); ++end) {
    if (text[end] == '"') quoted = !quoted;
    if (quoted && text[end] == '\\' && end + 1 < text.size()) ++end;
  }
  const auto parameter = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return parameter;
}

// RFC 2045 §5.1: a value is a token or a quoted string with backslash escapes.
std::string unquote(std::string_view value) {
  if (value.empty() || value.front() != '"') return std::string(value);
  std::string result;
  for (std::size_t i = 1; i < value.size() && value[i] != '"'; ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    result += value[i];
  }
  return result;
}

// Printable ASCII in lower case: BroadWorks has been seen to write `application/ +xml`, and logs
// and answers quote it.
std::string normalised(std::string_view text) {
  std::string result = to_lower(text);
  std::erase_if(result, [](char c) { return c <= ' ' || c > '~'; });
  return result;
}

}  // namespace

ContentType parse_content_type(std::string_view text) {
  ContentType result;
  result.type = normalised(take_parameter(text));
  while (!text.empty()) {
    const auto parameter = take_parameter(text);
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = trim(parameter.substr(0, equals));
    const auto value = unquote(trim(parameter.substr(equals + 1)));
    if (iequals(name, "boundary") && result.boundary.empty()) result.boundary = value;
    if (iequals(name, "charset") && result.charset.empty()) result.charset = normalised(value);
  }
  return result;
}

bool is_rs_metadata(const ContentType& type, std::string_view disposition) {
  // RFC 9806 registers the first; the second is RFC 7866's older name, still sent.
  if (iequals(type.type, "application/rs-metadata+xml")) return true;
  if (iequals(type.type, "application/rs-metadata")) return true;
  // RFC 7866 §9.1: the disposition says what it is for; XML of any name is then worth reading.
  return iequals(disposition, "recording-session") &&
         (type.type.empty() || to_lower(type.type).ends_with("xml"));
}

}  // namespace srs::siprec
