// Words of an SDP line, and how a line is quoted in an error.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace srs::sdp {

// Takes the next word (what stands between spaces and tabs) from the front of `text`; empty at the
// end.
inline std::string_view take_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  const auto end = text.find_first_of(" \t", begin);
  const auto word = text.substr(begin, end == std::string_view::npos ? end : end - begin);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  return word;
}

inline bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// `text` for an error or a warning: one line, at most 60 bytes of it.
inline std::string quote(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string result = "\"";
  auto end = std::min(text.size(), kLongest);
  // Not in the middle of a UTF-8 sequence.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  for (const char c : text.substr(0, end)) result += is_control(c) ? '?' : c;
  return result + (end < text.size() ? "...\"" : "\"");
}

}  // namespace srs::sdp
