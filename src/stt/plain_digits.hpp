// Digits of all scripts as those that rules know.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::stt {

// `text` with every decimal digit of Unicode (`٤١`, `४१`, `４１`), and the signs that stand between
// such digits, in ASCII; all else stays byte for byte.
class PlainDigits {
 public:
  explicit PlainDigits(std::string_view text);

  const std::string& text() const { return text_; }
  bool changed() const { return !shifts_.empty(); }
  // From a place of text() to that of the original.
  std::size_t original(std::size_t at) const;

 private:
  std::string text_;
  // After each sign that was changed: its end in text() and in the original.
  std::vector<std::pair<std::size_t, std::size_t>> shifts_;
};

}  // namespace srs::stt
