#include "stt/digit_runs.hpp"
#include "stt/plain_digits.hpp"
#include "stt/redact.hpp"

#include <algorithm>

namespace srs::stt {
namespace {

constexpr std::string_view kHidden = "[...]";
constexpr std::string_view kSpaces = " \t\r\n";

// `four`, and `four,one` and `forty-five` too.
bool has_spoken_number(std::string_view word) {
  for (std::size_t i = 0; i < word.size();) {
    const auto begin = i;
    while (i < word.size() && is_letter(word[i])) ++i;
    if (i > begin && says_number(word.substr(begin, i - begin))) return true;
    if (i == begin) ++i;
  }
  return false;
}

bool is_to_hide(std::string_view word) {
  return PlainDigits(word).text().find_first_of("0123456789@") != std::string::npos ||
         has_spoken_number(word);
}

// Words that are hidden in a row are one.
std::string without_numbers(std::string_view text) {
  std::string out;
  for (auto begin = text.find_first_not_of(kSpaces); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kSpaces, begin), text.size());
    const auto word = text.substr(begin, end - begin);
    const bool hide = is_to_hide(word);
    if (!hide || !out.ends_with(kHidden))
      out.append(out.empty() ? "" : " ").append(hide ? kHidden : word);
    begin = text.find_first_not_of(kSpaces, end);
  }
  return out;
}

}  // namespace

void hide_numbers(Segment& segment) {
  segment.text = without_numbers(segment.text);
  for (auto& word : segment.words)
    if (is_to_hide(word.text)) word.text = kHidden;
}

bool ends_in_number(const Segment& segment) {
  const std::string_view text(segment.text);
  const auto end = text.find_last_not_of(kSpaces);
  if (end == std::string_view::npos) return false;
  const auto space = text.find_last_of(kSpaces, end);
  const auto begin = space == std::string_view::npos ? 0 : space + 1;
  return is_to_hide(text.substr(begin, end + 1 - begin));
}

}  // namespace srs::stt
