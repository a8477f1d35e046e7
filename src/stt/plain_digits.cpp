#include "stt/plain_digits.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace srs::stt {
namespace {

// The zeros of all scripts; nine digits follow each (general category Nd, Unicode 15.0).
constexpr std::array<char32_t, 67> kZeros = {
    0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,
    0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,
    0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,
    0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0,
    0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
    0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2,
    0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0};

// What these scripts write between digits: commas, the Arabic separators, full-width signs, the
// ideographic space.
constexpr std::array<std::pair<char32_t, char>, 10> kSigns = {{{0x060C, ','},
                                                               {0x066B, '.'},
                                                               {0x066C, ','},
                                                               {0x3000, ' '},
                                                               {0x3001, ','},
                                                               {0xFF0C, ','},
                                                               {0xFF0D, '-'},
                                                               {0xFF0E, '.'},
                                                               {0xFF0F, '/'},
                                                               {0xFF20, '@'}}};

std::optional<char> plain(char32_t point) {
  const auto after = std::upper_bound(kZeros.begin(), kZeros.end(), point);
  if (after != kZeros.begin() && point - *(after - 1) < 10)
    return static_cast<char>('0' + (point - *(after - 1)));
  for (const auto& [sign, ascii] : kSigns)
    if (sign == point) return ascii;
  return std::nullopt;
}

// How many bytes the code point at the begin of `text` has, by its first one; 1 where it is none.
std::size_t length_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  return length <= text.size() ? length : 1;
}

// Of 2 to 4 bytes; what is no UTF-8 is some other point, or none.
char32_t point_of(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  auto point = static_cast<char32_t>(first & (0x7F >> bytes.size()));
  for (const char byte : bytes.substr(1)) {
    const auto next = static_cast<unsigned char>(byte);
    if ((next & 0xC0) != 0x80) return 0;
    point = point << 6 | (next & 0x3F);
  }
  return point;
}

}  // namespace

PlainDigits::PlainDigits(std::string_view text) {
  text_.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto length = length_at(text.substr(i));
    const auto bytes = text.substr(i, length);
    const auto ascii = length > 1 ? plain(point_of(bytes)) : std::nullopt;
    i += ascii ? length : 1;
    if (ascii)
      text_ += *ascii;
    else
      text_ += bytes.front();
    if (ascii) shifts_.emplace_back(text_.size(), i);
  }
}

std::size_t PlainDigits::original(std::size_t at) const {
  const auto after =
      std::upper_bound(shifts_.begin(), shifts_.end(), at,
                       [](std::size_t value, const auto& shift) { return value < shift.first; });
  if (after == shifts_.begin()) return at;
  return (after - 1)->second + (at - (after - 1)->first);
}

}  // namespace srs::stt
