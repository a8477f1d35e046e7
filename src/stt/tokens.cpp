#include "stt/tokens.hpp"

#include "stt/digit_runs.hpp"
#include "stt/plain_digits.hpp"

#include <srs/util/text.hpp>

#include <cctype>

namespace srs::stt {
namespace {

// U+3000 to U+303F, which end sentences of ideographs.
constexpr std::string_view kIdeographicSigns = "\xE3\x80";

// Bytes of the sign at the begin of `text` that is a token by itself; 0 where it is none.
std::size_t single(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first >= '0' && first <= '9') return 1;
  // U+3040 to U+9FFF: kana and ideographs.
  const bool ideograph = first >= 0xE3 && first <= 0xE9 && !text.starts_with(kIdeographicSigns);
  return ideograph && text.size() >= 3 ? 3 : 0;
}

// Of all other scripts, byte by byte.
bool is_letter(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (single(text) > 0 || text.starts_with(kIdeographicSigns)) return false;
  return first >= 0x80 || std::isalpha(first) != 0;
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  const PlainDigits plain(text);
  const std::string_view all(plain.text());
  for (std::size_t i = 0; i < all.size();) {
    const auto begin = i;
    i += single(all.substr(i));
    if (i == begin)
      while (i < all.size() && is_letter(all.substr(i))) ++i;
    if (i == begin) {
      ++i;
      continue;
    }
    auto said = to_lower(all.substr(begin, i - begin));
    if (const auto digit = spoken_digit(said)) said = *digit;
    tokens.push_back({{plain.original(begin), plain.original(i)}, std::move(said)});
  }
  return tokens;
}

}  // namespace srs::stt
