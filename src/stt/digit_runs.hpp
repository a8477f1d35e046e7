// Digits as they are written or said.
#pragma once

#include "stt/redaction_rules.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_alnum(char c) {
  return is_digit(c) || is_letter(c);
}

// What the word that begins at a place says in digits, with the words that belong to it: `four`,
// `twelve`, `forty five`, `double four`, `triple 1`. English only.
struct Said {
  std::string digits;    // empty: it is no number
  std::vector<Span> at;  // of each digit
  bool spelled = false;  // with a word for the digit itself
  std::size_t end = 0;   // of the last of its words
};
Said said_at(std::string_view text, std::size_t begin);
// `four` -> 4, `oh` -> 0; English only.
std::optional<char> spoken_digit(std::string_view word);
// Whether such a word may begin a number.
bool says_number(std::string_view word);

// How many bytes at the begin of `text` may stand between two digits of one number: spaces, commas,
// dots, hyphens and dashes of all kinds (U+00A0, U+2009 to U+2015, U+202F, U+2212).
std::size_t separator(std::string_view text);

// Digits in a row, spoken or written: `4111-1111`, `4 1 1 1`, `four one oh`.
struct Digits {
  std::string digits;
  std::vector<Span> at;      // of each digit
  std::vector<bool> first;   // whether it begins a group: no digit stands right before it
  std::vector<bool> apart;   // a comma, a dot, or a change from written to spoken comes before it
  std::vector<bool> spoken;  // written out

  bool last(std::size_t i) const { return i + 1 == digits.size() || first[i + 1]; }
  void add(char digit, Span span, bool begins, bool pause, bool word);
};

// `also` stands between digits as well.
std::vector<Digits> digit_runs(std::string_view text, char also = ' ');

}  // namespace srs::stt
