#include "part_headers.hpp"

#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::siprec {
namespace {

// RFC 3261 §25.1: what a token, such as a header's name, holds besides letters and digits.
constexpr std::string_view kOthers = "-.!%*_+`'~";

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

// The value for logs and answers: UTF-8 without control characters.
std::string clean(std::string_view text) {
  std::string result = to_utf8(trim(text));
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return result;
}

// RFC 2045 §6.2: the encodings that change nothing.
bool is_plain(std::string_view encoding) {
  return iequals(encoding, "binary") || iequals(encoding, "8bit") || iequals(encoding, "7bit");
}

void apply_header(Part& part, std::string_view name, const std::string& value) {
  if (iequals(name, "content-type") || iequals(name, "c")) {
    if (part.content_type.type.empty()) part.content_type = parse_content_type(value);
  } else if (iequals(name, "content-disposition")) {
    part.disposition = to_lower(trim(std::string_view(value).substr(0, value.find(';'))));
  } else if (iequals(name, "content-id")) {
    part.content_id = value;
  } else if (iequals(name, "content-transfer-encoding") && !is_plain(value)) {
    part.transfer_encoding = to_lower(value);
  }
}

bool is_folded(std::string_view line) {
  return !line.empty() && (line[0] == ' ' || line[0] == '\t') && !trim(line).empty();
}

}  // namespace

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

Result<Part> read_part(std::string_view text, const BodyLimits& limits) {
  Part part;
  auto rest = text;
  std::size_t headers = 0;
  while (!rest.empty()) {
    auto after = rest;
    const auto line = take_line(after);
    if (trim(line).empty()) {
      rest = after;
      break;
    }
    const auto colon = line.find(':');
    const auto name = trim(line.substr(0, colon));
    if (colon == std::string_view::npos || !is_token(name)) break;
    std::string value(line.substr(colon + 1));
    while (is_folded(after)) value.append(" ").append(trim(take_line(after)));
    if (++headers > limits.headers) {
      return Error{"a part of the body has more than " + std::to_string(limits.headers) +
                   " headers"};
    }
    rest = after;
    if (text.size() - rest.size() > limits.header_bytes) {
      return Error{"the headers of a part of the body have more than " +
                   std::to_string(limits.header_bytes) + " bytes"};
    }
    apply_header(part, name, clean(value));
  }
  part.body = rest;
  return part;
}

}  // namespace srs::siprec
