// Numbers that have letters in them, in whatever groups they are written or spelled.
#include "stt/digit_runs.hpp"
#include "stt/redaction_rules.hpp"

#include <algorithm>
#include <string>

namespace srs::stt {
namespace {

// Longer words are no part of a number.
constexpr std::size_t kMostLetters = 4;

// Letters (as capitals) and digits in a row, whatever stands between them.
struct Symbols {
  std::string said;
  std::vector<Span> at;
  std::vector<bool> first;  // of its word

  bool last(std::size_t i) const { return i + 1 == said.size() || first[i + 1]; }
  void add(char symbol, Span span, bool begins) {
    said += is_letter(symbol) ? static_cast<char>(symbol & ~0x20) : symbol;
    at.push_back(span);
    first.push_back(begins);
  }
};

std::vector<Symbols> symbol_runs(std::string_view text) {
  std::vector<Symbols> runs(1);
  const auto cut = [&] {
    if (!runs.back().said.empty()) runs.emplace_back();
  };
  for (std::size_t i = 0; i < text.size();) {
    if (!is_alnum(text[i])) {
      const auto size = separator(text.substr(i));
      if (size == 0) cut();
      i += std::max<std::size_t>(size, 1);
      continue;
    }
    const auto said = said_at(text, i);
    for (std::size_t k = 0; k < said.digits.size(); ++k)
      runs.back().add(said.digits[k], said.at[k], k == 0);
    if (!said.digits.empty()) {
      i = said.end;
      continue;
    }
    const auto begin = i;
    while (i < text.size() && is_alnum(text[i])) ++i;
    const auto word = text.substr(begin, i - begin);
    if (word.size() > kMostLetters && std::all_of(word.begin(), word.end(), is_letter))
      cut();
    else
      for (auto k = begin; k < i; ++k) runs.back().add(text[k], {k, k + 1}, k == begin);
  }
  cut();
  runs.pop_back();
  return runs;
}

bool are_digits(std::string_view said) {
  return std::all_of(said.begin(), said.end(), is_digit);
}

// Two letters, six digits, A to D (HMRC, NIM39110).
bool is_nino(std::string_view said) {
  const auto is_of = [](char c, std::string_view letters) {
    return letters.find(c) != std::string_view::npos;
  };
  return is_of(said[0], "ABCEGHJKLMNOPRSTWXYZ") && is_of(said[1], "ABCEGHJKLMNPRSTWXYZ") &&
         are_digits(said.substr(2, 6)) && is_of(said[8], "ABCD");
}

// ISO 13616: two letters, two digits of the check, 11 to 30 letters and digits; ours has ten digits
// at least, since of any words one in 97 would pass.
class IbanCheck {
 public:
  explicit IbanCheck(std::string_view head) : head_(head) {}
  void take(char symbol) {
    rest_ = next(rest_, symbol);
    digits_ += is_digit(symbol) ? 1 : 0;
  }
  bool passes() const {
    auto rest = rest_;
    for (const char symbol : head_) rest = next(rest, symbol);
    return rest == 1 && digits_ >= 10;
  }

 private:
  static unsigned next(unsigned rest, char symbol) {
    if (is_digit(symbol)) return (rest * 10 + static_cast<unsigned>(symbol - '0')) % 97;
    return (rest * 100 + static_cast<unsigned>(symbol - 'A') + 10) % 97;
  }
  std::string_view head_;
  unsigned rest_ = 0;
  int digits_ = 0;
};

// How many symbols from `begin` on are such a number; 0: none.
std::size_t iban_at(const Symbols& run, std::size_t begin) {
  constexpr std::size_t kShortest = 15;
  constexpr std::size_t kLongest = 34;
  const auto said = std::string_view(run.said).substr(begin, kLongest);
  if (!run.first[begin] || said.size() < kShortest) return 0;
  if (!is_letter(said[0]) || !is_letter(said[1]) || !are_digits(said.substr(2, 2))) return 0;
  IbanCheck check(said.substr(0, 4));
  std::size_t found = 0;
  for (std::size_t i = 4; i < said.size(); ++i) {
    check.take(said[i]);
    if (i + 1 >= kShortest && run.last(begin + i) && check.passes()) found = i + 1;
  }
  return found;
}

}  // namespace

Spans find_ninos(std::string_view text) {
  constexpr std::size_t kLength = 9;
  Spans spans;
  for (const auto& run : symbol_runs(text))
    for (std::size_t i = 0; i + kLength <= run.said.size(); ++i)
      if (run.first[i] && run.last(i + kLength - 1) &&
          is_nino(std::string_view(run.said).substr(i, kLength)))
        spans.push_back({run.at[i].begin, run.at[i + kLength - 1].end});
  return spans;
}

Spans find_checked_ibans(std::string_view text) {
  Spans spans;
  for (const auto& run : symbol_runs(text))
    for (std::size_t i = 0; i < run.said.size(); ++i)
      if (const auto length = iban_at(run, i); length > 0)
        spans.push_back({run.at[i].begin, run.at[i + length - 1].end});
  return spans;
}

}  // namespace srs::stt
