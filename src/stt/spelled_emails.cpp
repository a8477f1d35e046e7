// Addresses as they are said: `jo dot doe at example dot com`.
#include "stt/digit_runs.hpp"
#include "stt/redaction_rules.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>

namespace srs::stt {
namespace {

constexpr std::size_t kMostSteps = 32;  // words of an address, on each side
constexpr std::size_t kMostBefore = 3;  // words of a host before its first dot: `my mail dot ...`

struct SaidWord {
  std::string_view text;
  Span at;
  bool stops = false;  // a comma or a full stop comes after it

  bool is(std::string_view word) const { return iequals(text, word); }
};

bool is_part(char c) {
  return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c == '@';
}

std::vector<SaidWord> words_of(std::string_view text) {
  std::vector<SaidWord> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_part(text[i])) {
      if (text[i] != ' ' && !words.empty()) words.back().stops = true;
      ++i;
      continue;
    }
    const auto begin = i;
    while (i < text.size() && is_part(text[i])) ++i;
    auto end = i;
    while (end > begin + 1 && !is_alnum(text[end - 1]) && text[end - 1] != '@') --end;
    words.push_back({text.substr(begin, end - begin), {begin, end}, end < i});
  }
  return words;
}

bool is_sign(const SaidWord& word) {
  static constexpr std::array<std::string_view, 6> kSigns = {"dot",  "underscore", "dash",
                                                             "plus", "hyphen",     "minus"};
  return std::any_of(kSigns.begin(), kSigns.end(), [&](auto sign) { return word.is(sign); });
}

bool is_name(const SaidWord& word) {
  return !is_sign(word) && !word.is("at") && word.text.find('@') == std::string_view::npos &&
         std::any_of(word.text.begin(), word.text.end(), is_alnum);
}

struct Part {
  std::size_t begin = 0;  // words
  std::size_t end = 0;
  bool spelled = false;  // no words that follow each other by chance
};

// Backwards from the word before `at`: names with signs between them, single letters.
Part local_part(const std::vector<SaidWord>& words, std::size_t at) {
  Part part{at, at, false};
  if (at == 0 || words[at - 1].stops || !is_name(words[at - 1])) return part;
  const auto& last = words[--part.begin].text;
  part.spelled = !std::all_of(last.begin(), last.end(), is_letter);
  for (std::size_t step = 0; step < kMostSteps && part.begin > 0; ++step) {
    const auto& before = words[part.begin - 1];
    if (before.stops) break;
    const bool letters = before.text.size() == 1 && words[part.begin].text.size() == 1;
    if (letters && is_name(before)) {
      --part.begin;
    } else if (part.begin > 1 && is_sign(before) && is_name(words[part.begin - 2]) &&
               !words[part.begin - 2].stops) {
      part.begin -= 2;
      part.spelled = true;
    } else {
      break;
    }
  }
  return part;
}

// Whether a host may end so: its last name is none of a number's.
bool is_domain(std::string_view name) {
  const auto dot = name.rfind('.');
  const auto last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  return last.size() >= 2 && std::all_of(last.begin(), last.end(), is_letter) && !says_number(last);
}

// From the word `begin` on, of which `first` belongs to the host.
Part host_part(const std::vector<SaidWord>& words, std::size_t begin, std::string_view first) {
  Part part{begin, begin, false};
  bool dotted = false;
  std::size_t before = 0;
  for (std::size_t i = begin; i < words.size() && i < begin + kMostSteps;) {
    if (i > begin && !is_name(words[i])) break;
    const auto name = i == begin ? first : words[i].text;
    dotted = dotted || name.find('.') != std::string_view::npos;
    ++i;
    if (dotted && is_domain(name)) part.end = i;
    if (words[i - 1].stops || i == words.size()) break;
    if (words[i].is("dot") && !words[i].stops) {
      dotted = part.spelled = true;
      ++i;
    } else if (dotted || ++before >= kMostBefore) {
      break;
    }
  }
  return part;
}

}  // namespace

Spans find_spelled_emails(std::string_view text) {
  Spans spans;
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto sign = words[i].text.find('@');
    if (words[i].is("at") || words[i].text == "@") {
      if (words[i].stops || i + 1 == words.size() || !is_name(words[i + 1])) continue;
      const auto local = local_part(words, i);
      const auto host = host_part(words, i + 1, words[i + 1].text);
      const bool is_said = local.spelled || host.spelled || words[i].text == "@";
      if (local.begin < local.end && host.end > host.begin && is_said)
        spans.push_back({words[local.begin].at.begin, words[host.end - 1].at.end});
    } else if (sign != std::string_view::npos && sign > 0 && sign + 1 < words[i].text.size()) {
      const auto host = host_part(words, i, words[i].text.substr(sign + 1));
      if (host.end > host.begin && host.spelled)
        spans.push_back({words[i].at.begin, words[host.end - 1].at.end});
    }
  }
  return spans;
}

}  // namespace srs::stt
