#include "stt/digit_runs.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace srs::stt {
namespace {

using Named = std::pair<std::string_view, std::string_view>;

constexpr std::array<Named, 30> kNumbers = {
    {{"zero", "0"},      {"oh", "0"},        {"o", "0"},        {"one", "1"},
     {"two", "2"},       {"three", "3"},     {"four", "4"},     {"five", "5"},
     {"six", "6"},       {"seven", "7"},     {"eight", "8"},    {"nine", "9"},
     {"ten", "10"},      {"eleven", "11"},   {"twelve", "12"},  {"thirteen", "13"},
     {"fourteen", "14"}, {"fifteen", "15"},  {"sixteen", "16"}, {"seventeen", "17"},
     {"eighteen", "18"}, {"nineteen", "19"}, {"twenty", "20"},  {"thirty", "30"},
     {"forty", "40"},    {"fifty", "50"},    {"sixty", "60"},   {"seventy", "70"},
     {"eighty", "80"},   {"ninety", "90"}}};

std::string_view number_of(std::string_view word) {
  for (const auto& [name, digits] : kNumbers)
    if (iequals(word, name)) return digits;
  return {};
}

std::size_t times_of(std::string_view word) {
  if (iequals(word, "double")) return 2;
  return iequals(word, "triple") || iequals(word, "treble") ? 3 : 0;
}

std::string_view word_at(std::string_view text, std::size_t begin) {
  auto end = begin;
  while (end < text.size() && is_alnum(text[end])) ++end;
  return text.substr(begin, end - begin);
}

// Behind what may stand between two words of a number.
std::size_t next_word(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const auto size = separator(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

// `forty` and `five`, with nothing but a space or a hyphen between them.
void add_ones(std::string_view text, Said& said) {
  const auto between = said.end;
  if (between >= text.size() || (text[between] != ' ' && text[between] != '-')) return;
  const auto word = word_at(text, between + 1);
  const auto ones = number_of(word);
  if (ones.size() != 1 || ones == "0") return;
  said.end = between + 1 + word.size();
  said.digits[1] = ones[0];
  said.at[1] = {between + 1, said.end};
}

// `double` and a single digit, in a word or written.
Said repeated(std::string_view text, std::size_t begin, std::size_t size, std::size_t times) {
  const auto at = next_word(text, begin + size);
  const auto word = word_at(text, at);
  const bool written = word.size() == 1 && is_digit(word[0]);
  const auto digit = written ? word : number_of(word);
  if (digit.size() != 1) return {};
  const Span span{begin, at + word.size()};
  return {std::string(times, digit[0]), std::vector<Span>(times, span), !written, span.end};
}

}  // namespace

std::optional<char> spoken_digit(std::string_view word) {
  const auto digits = number_of(word);
  return digits.size() == 1 ? std::optional<char>(digits[0]) : std::nullopt;
}

bool says_number(std::string_view word) {
  return !number_of(word).empty() || times_of(word) > 0;
}

Said said_at(std::string_view text, std::size_t begin) {
  const auto word = word_at(text, begin);
  if (const auto times = times_of(word); times > 0)
    return repeated(text, begin, word.size(), times);
  const auto digits = number_of(word);
  if (digits.empty()) return {};
  const Span span{begin, begin + word.size()};
  Said said{std::string(digits), std::vector<Span>(digits.size(), span), true, span.end};
  if (digits.size() == 2 && digits[0] >= '2') add_ones(text, said);
  return said;
}

std::size_t separator(std::string_view text) {
  static constexpr std::string_view kPlain = " ,.-\n\t";
  if (kPlain.find(text.front()) != std::string_view::npos) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  const auto point = text.substr(0, 3);
  const bool dash = point >= "\xE2\x80\x89" && point <= "\xE2\x80\x95";
  return dash || point == "\xE2\x80\xAF" || point == "\xE2\x88\x92" ? 3 : 0;
}

void Digits::add(char digit, Span span, bool begins, bool pause, bool word) {
  apart.push_back(digits.empty() || pause || word != spoken.back());
  digits += digit;
  at.push_back(span);
  first.push_back(begins);
  spoken.push_back(word);
}

std::vector<Digits> digit_runs(std::string_view text, char also) {
  std::vector<Digits> runs(1);
  bool pause = false;
  const auto cut = [&] {
    if (!runs.back().digits.empty()) runs.emplace_back();
  };
  for (std::size_t i = 0; i < text.size();) {
    if (is_digit(text[i])) {
      runs.back().add(text[i], {i, i + 1}, i == 0 || !is_digit(text[i - 1]), pause, false);
      pause = false;
      ++i;
    } else if (is_alnum(text[i])) {
      const auto said = said_at(text, i);
      for (std::size_t k = 0; k < said.digits.size(); ++k)
        runs.back().add(said.digits[k], said.at[k], k == 0, pause && k == 0, said.spelled);
      if (said.digits.empty()) cut();
      i = said.digits.empty() ? i + word_at(text, i).size() : said.end;
      pause = false;
    } else {
      const auto size = text[i] == also ? 1 : separator(text.substr(i));
      if (size == 0) cut();
      pause = pause || text[i] == ',' || text[i] == '.';
      i += std::max<std::size_t>(size, 1);
    }
  }
  cut();
  runs.pop_back();
  return runs;
}

}  // namespace srs::stt
