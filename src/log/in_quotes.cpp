#include "log/in_quotes.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace srs::log {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode's general categories Cc, Cf, Co, Cs, Zl, Zp, Zs, its noncharacters, and what it lets a
// display ignore (Default_Ignorable_Code_Point); in ascending order.
constexpr std::array kHidden = {
    Range{0x7F, 0xA0},        // DEL, C1, no-break space
    Range{0xAD, 0xAD},        // soft hyphen
    Range{0x34F, 0x34F},      // grapheme joiner
    Range{0x600, 0x605},      // Arabic number signs
    Range{0x61C, 0x61C},      // Arabic letter mark
    Range{0x6DD, 0x6DD},      // end of ayah
    Range{0x70F, 0x70F},      // Syriac abbreviation mark
    Range{0x890, 0x891},      // Arabic pound mark
    Range{0x8E2, 0x8E2},      // Arabic disputed end of ayah
    Range{0x115F, 0x1160},    // Hangul fillers
    Range{0x1680, 0x1680},    // Ogham space
    Range{0x17B4, 0x17B5},    // Khmer inherent vowels
    Range{0x180B, 0x180F},    // Mongolian variation selectors
    Range{0x2000, 0x200F},    // spaces, zero width, directional marks
    Range{0x2028, 0x202F},    // line and paragraph separators, directional embeddings
    Range{0x205F, 0x206F},    // spaces, joiners, directional isolates
    Range{0x2800, 0x2800},    // blank Braille
    Range{0x3000, 0x3000},    // ideographic space
    Range{0x3164, 0x3164},    // Hangul filler
    Range{0xD800, 0xF8FF},    // surrogates, private use
    Range{0xFDD0, 0xFDEF},    // noncharacters
    Range{0xFE00, 0xFE0F},    // variation selectors
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFA0, 0xFFA0},    // halfwidth Hangul filler
    Range{0xFFF0, 0xFFFF},    // annotations, replacements, noncharacters
    Range{0x110BD, 0x110BD},  // Kaithi number signs
    Range{0x110CD, 0x110CD},   Range{0x13430, 0x1345F},  // joiners of hieroglyphs
    Range{0x1BCA0, 0x1BCA3},                             // shorthand controls
    Range{0x1D173, 0x1D17A},                             // musical controls
    Range{0x1FFFE, 0x1FFFF},                             // noncharacters
    Range{0x2FFFE, 0x2FFFF},                             // noncharacters
    Range{0x3FFFE, 0xFFFFFFFF}};                         // planes of nothing, tags, private use

bool is_hidden(char32_t c) {
  const auto* range = std::lower_bound(kHidden.begin(), kHidden.end(), c,
                                       [](const Range& one, char32_t at) { return one.last < at; });
  return range->first <= c;
}

// Takes the first character off; `text` is well-formed, and not empty.
char32_t take_character(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t c = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i)
    c = c << 6U | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return c;
}

void append_unit(std::string& to, unsigned unit) {
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", unit);
  to += text;
}

// RFC 8259 §7.
void append_escaped(std::string& to, char32_t c) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  const auto known = c < 0x80 ? kShort.find(static_cast<char>(c)) : std::string_view::npos;
  if (known != std::string_view::npos) {
    to += '\\';
    to += kLetters[known];
  } else if (c < 0x10000) {
    append_unit(to, c);
  } else {
    append_unit(to, 0xD800 + ((c - 0x10000) >> 10));
    append_unit(to, 0xDC00 + ((c - 0x10000) & 0x3FF));
  }
}

}  // namespace

std::string in_quotes(std::string_view text) {
  const auto whole = to_utf8(text);
  std::string line = "\"";
  for (std::string_view rest = whole; !rest.empty();) {
    const auto before = rest;
    const auto c = take_character(rest);
    if (c < ' ' || c == '"' || c == '\\' || is_hidden(c))
      append_escaped(line, c);
    else
      line += before.substr(0, before.size() - rest.size());
  }
  return line += '"';
}

}  // namespace srs::log
