// Short pieces of texts that came from outside.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace srs::siprec {

// The first `most` bytes of UTF-8, less where that would cut a character.
inline std::string_view utf8_prefix(std::string_view text, std::size_t most) {
  auto end = std::min(text.size(), most);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

// The same for a warning: on one line.
inline std::string excerpt(std::string_view text, std::size_t most = 80) {
  std::string result(utf8_prefix(text, most));
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return result;
}

}  // namespace srs::siprec
