#include "charset.hpp"

#include "excerpt.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace srs::siprec {
namespace {

enum class Encoding { Utf8, Latin1, Latin9, Windows1252, Utf16Little, Utf16Big };

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto tail = [&](int shift) { put(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    put(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

// 0x80-0x9F of Windows-1252; the five holes are U+FFFD.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

std::uint32_t latin9(std::uint8_t byte) {
  switch (byte) {
    case 0xA4:
      return 0x20AC;
    case 0xA6:
      return 0x0160;
    case 0xA8:
      return 0x0161;
    case 0xB4:
      return 0x017D;
    case 0xB8:
      return 0x017E;
    case 0xBC:
      return 0x0152;
    case 0xBD:
      return 0x0153;
    case 0xBE:
      return 0x0178;
    default:
      return byte;
  }
}

std::string decode_single_bytes(std::string_view bytes, Encoding encoding) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    std::uint32_t code = byte;
    if (encoding == Encoding::Latin9) code = latin9(byte);
    if (encoding == Encoding::Windows1252 && byte >= 0x80 && byte < 0xA0) {
      code = kWindows1252[byte - 0x80U];
    }
    append_utf8(out, code);
  }
  return out;
}

// RFC 2781; half of a surrogate pair becomes U+FFFD.
std::string decode_utf16(std::string_view bytes, bool big) {
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<std::uint8_t>(bytes[at]);
    const auto second = static_cast<std::uint8_t>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big ? first << 8 | second : second << 8 | first);
  };
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xD800 && code < 0xE000) {
      const std::uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
      const bool pair = code < 0xDC00 && low >= 0xDC00 && low < 0xE000;
      code = pair ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
      if (pair) at += 2;
    }
    append_utf8(out, code);
  }
  return out;
}

std::optional<Encoding> encoding_named(std::string_view name) {
  static constexpr std::pair<std::string_view, Encoding> kNames[] = {
      {"utf-8", Encoding::Utf8},         {"utf8", Encoding::Utf8},
      {"us-ascii", Encoding::Utf8},      {"ascii", Encoding::Utf8},
      {"iso-8859-1", Encoding::Latin1},  {"iso8859-1", Encoding::Latin1},
      {"iso_8859-1", Encoding::Latin1},  {"latin1", Encoding::Latin1},
      {"iso-8859-15", Encoding::Latin9}, {"windows-1252", Encoding::Windows1252},
      {"cp1252", Encoding::Windows1252}, {"utf-16", Encoding::Utf16Big},
      {"utf-16be", Encoding::Utf16Big},  {"utf-16le", Encoding::Utf16Little},
  };
  for (const auto& [known, encoding] : kNames) {
    if (iequals(known, name)) return encoding;
  }
  return std::nullopt;
}

// What `encoding="..."` of the XML declaration names; empty where there is none.
std::string_view declared_encoding(std::string_view bytes) {
  const auto declaration = bytes.substr(0, std::min<std::size_t>(bytes.find("?>"), 256));
  const auto at = declaration.find("encoding");
  if (!trim(declaration).starts_with("<?xml") || at == std::string_view::npos) return {};
  const auto open = declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const auto close = declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) return {};
  return trim(declaration.substr(open + 1, close - open - 1));
}

// The pattern of `<` in UTF-16 without byte order mark (XML 1.0 appendix F.1).
std::optional<Encoding> utf16_pattern(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("<\0"sv)) return Encoding::Utf16Little;
  if (bytes.starts_with("\0<"sv)) return Encoding::Utf16Big;
  return std::nullopt;
}

std::optional<Encoding> utf16_mark(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return Encoding::Utf16Little;
  if (bytes.starts_with("\xFE\xFF")) return Encoding::Utf16Big;
  return std::nullopt;
}

void blank_declaration(std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos || !std::string_view(text).substr(begin).starts_with("<?xml "))
    return;
  const auto end = text.find("?>", begin);
  if (end == std::string::npos) return;
  std::replace_if(
      text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end + 2),
      [](char c) { return c != '\n'; }, ' ');
}

Encoding encoding_of(std::string_view bytes, std::string_view charset,
                     std::vector<std::string>& warnings) {
  if (const auto mark = utf16_mark(bytes)) return *mark;
  if (const auto pattern = utf16_pattern(bytes)) return *pattern;
  const auto name = charset.empty() ? declared_encoding(bytes) : charset;
  if (name.empty()) return Encoding::Utf8;
  const auto encoding = encoding_named(name);
  const bool is_utf16 = encoding == Encoding::Utf16Big || encoding == Encoding::Utf16Little;
  // Bytes without that pattern are no XML in UTF-16, whatever they claim.
  if (encoding && !is_utf16) return *encoding;
  warnings.push_back("the encoding " + excerpt(to_utf8(name), 40) +
                     (encoding ? " is claimed and not used" : " is unknown") + ", read as UTF-8");
  return Encoding::Utf8;
}

}  // namespace

std::string decode_document(std::string_view bytes, std::string_view charset,
                            std::vector<std::string>& warnings) {
  const auto encoding = encoding_of(bytes, trim(charset), warnings);
  std::string text;
  if (encoding == Encoding::Utf8) {
    text = to_utf8(bytes);
    if (text != bytes) warnings.push_back("bytes that are not UTF-8 were replaced");
  } else if (encoding == Encoding::Utf16Little || encoding == Encoding::Utf16Big) {
    text = decode_utf16(bytes, encoding == Encoding::Utf16Big);
  } else {
    text = decode_single_bytes(bytes, encoding);
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  blank_declaration(text);
  return text;
}

}  // namespace srs::siprec
