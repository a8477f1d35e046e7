#include "stt/redaction_rules.hpp"

#include "stt/digit_runs.hpp"
#include "stt/plain_digits.hpp"

#include <srs/stt/options.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <optional>
#include <regex>
#include <utility>

namespace srs::stt {
namespace {

// __polynomial is libstdc++'s own: no expression takes exponential time, for which back-references
// are given up.
constexpr auto kSyntax =
    std::regex::ECMAScript | std::regex::icase | std::regex_constants::__polynomial;

// How many digits from `begin` on are a card's number: 13 to 19 that pass the check, the longest;
// 0 where there is none. It begins and ends where groups of digits do: any long number has some 13
// digits that pass.
std::size_t card_at(const Digits& run, std::size_t begin) {
  if (!run.first[begin]) return 0;
  for (std::size_t length = std::min<std::size_t>(19, run.digits.size() - begin); length >= 13;
       --length) {
    if (run.last(begin + length - 1) &&
        passes_luhn(std::string_view(run.digits).substr(begin, length)))
      return length;
  }
  return 0;
}

Spans find_cards(std::string_view text) {
  Spans spans;
  for (const auto& run : digit_runs(text, '/')) {
    // Digits before a number may pass with its first ones: all that overlaps goes.
    std::size_t covered = 0;
    for (std::size_t begin = 0; begin + 13 <= run.digits.size(); ++begin) {
      const auto length = card_at(run, begin);
      if (length == 0) continue;
      if (begin >= covered) spans.push_back({run.at[begin].begin, 0});
      covered = std::max(covered, begin + length);
      spans.back().end = run.at[covered - 1].end;
    }
  }
  return spans;
}

// Any number of six digits and more: whatever it is.
Spans find_long_numbers(std::string_view text) {
  Spans spans;
  for (const auto& run : digit_runs(text))
    if (run.digits.size() >= 6) spans.push_back({run.at.front().begin, run.at.back().end});
  return spans;
}

// A social security number (United States): nine digits, no area 000, 666 or 9xx, no group 00, no
// serial 0000.
bool is_ssn(std::string_view digits) {
  return digits[0] != '9' && !digits.starts_with("000") && !digits.starts_with("666") &&
         digits.substr(3, 2) != "00" && digits.substr(5) != "0000";
}

// Whether nine digits from `begin` on stand for themselves: what comes before and after them is set
// apart, or they are grouped as nobody groups anything else (`078 05 1120`, `078051120`).
bool stands_alone(const Digits& run, std::size_t begin) {
  const auto end = begin + 9;
  if (!run.first[begin] || !run.last(end - 1)) return false;
  if (run.apart[begin] && (end == run.digits.size() || run.apart[end])) return true;
  for (std::size_t i = begin + 1; i < end; ++i)
    if (run.first[i] && i != begin + 3 && i != begin + 5) return false;
  return run.first[begin + 3] == run.first[begin + 5];
}

Spans find_ssns(std::string_view text) {
  Spans spans;
  for (const auto& run : digit_runs(text, '/')) {
    for (std::size_t begin = 0; begin + 9 <= run.digits.size();) {
      const bool found =
          stands_alone(run, begin) && is_ssn(std::string_view(run.digits).substr(begin, 9));
      if (found) spans.push_back({run.at[begin].begin, run.at[begin + 8].end});
      begin += found ? 9 : 1;
    }
  }
  return spans;
}

bool is_local(char c) {
  return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

Spans find_emails(std::string_view text) {
  Spans spans;
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    auto begin = at;
    while (begin > 0 && is_local(text[begin - 1])) --begin;
    auto end = at + 1;
    while (end < text.size() && (is_alnum(text[end]) || text[end] == '.' || text[end] == '-'))
      ++end;
    while (end > at + 1 && !is_alnum(text[end - 1])) --end;
    const auto host = text.substr(at + 1, end - at - 1);
    if (begin < at && host.find('.') != std::string_view::npos) spans.push_back({begin, end});
  }
  return spans;
}

Spans both(Spans spans, const Spans& more) {
  spans.insert(spans.end(), more.begin(), more.end());
  return spans;
}

Spans find_all_emails(std::string_view text) {
  return both(find_emails(text), find_spelled_emails(text));
}

// What an expression finds. Windows keep libstdc++'s recursion short; they overlap, so that what
// lies on a border is found in the next one.
Spans find_by(const std::regex& expression, std::string_view text) {
  constexpr std::size_t kWindow = 512;
  constexpr std::size_t kOverlap = 128;
  Spans spans;
  for (std::size_t from = 0; from < text.size(); from += kWindow - kOverlap) {
    const auto window = text.substr(from, kWindow);
    try {
      for (std::cregex_iterator at(window.data(), window.data() + window.size(), expression), end;
           at != end; ++at) {
        if (at->length() == 0) continue;
        const auto begin = from + static_cast<std::size_t>(at->position());
        spans.push_back({begin, begin + static_cast<std::size_t>(at->length())});
      }
    } catch (const std::regex_error&) {
      // Too complex for this window: better no text than an unredacted one.
      spans.push_back({from, from + window.size()});
    }
    if (from + window.size() >= text.size()) break;
  }
  return spans;
}

Finder by(const std::string& expression) {
  return [compiled = std::regex(expression, kSyntax)](std::string_view text) {
    return find_by(compiled, text);
  };
}

// Looks once more where digits of other scripts became plain ones; an expression may name either.
Finder with_plain_digits(Finder find) {
  return [find = std::move(find)](std::string_view text) {
    auto spans = find(text);
    const PlainDigits plain(text);
    if (!plain.changed()) return spans;
    for (const auto& span : find(plain.text()))
      spans.push_back({plain.original(span.begin), plain.original(span.end)});
    return spans;
  };
}

std::optional<Finder> built_in(std::string_view name) {
  if (name == "card") return find_cards;
  if (name == "email") return find_all_emails;
  if (name == "digits") return find_long_numbers;
  if (name == "us_ssn") return find_ssns;
  if (name == "uk_nino") return find_ninos;
  if (name == "iban")
    return [grouped = by("\\b[a-z]{2}[0-9]{2}( ?[a-z0-9]{4}){2,7}( ?[a-z0-9]{1,3})?\\b")](
               std::string_view text) { return both(grouped(text), find_checked_ibans(text)); };
  return std::nullopt;
}
}  // namespace

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, twice = !twice) {
    const int value = (*at - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  // A row of zeros passes and is no card.
  return sum % 10 == 0 && digits.find_first_not_of('0') != std::string_view::npos;
}

std::string check_redaction_rule(std::string_view rule) {
  const auto equals = rule.find('=');
  if (equals == std::string_view::npos) {
    if (built_in(rule)) return {};
    return "`" + std::string(rule) +
           "` is none of card, email, us_ssn, uk_nino, iban, digits; or write NAME=REGEX";
  }
  const auto name = rule.substr(0, equals);
  const bool plain =
      !name.empty() && name.size() <= 32 &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '_'; });
  if (!plain) return "`" + std::string(name) + "` is no name: letters, digits and _, at most 32";
  try {
    std::regex(std::string(rule.substr(equals + 1)), kSyntax);
  } catch (const std::regex_error& error) {
    return "`" + std::string(rule) + "`: " + error.what();
  }
  return {};
}

Finder finder_of(std::string_view rule) {
  if (!check_redaction_rule(rule).empty()) return {};
  const auto equals = rule.find('=');
  if (equals == std::string_view::npos) return with_plain_digits(*built_in(rule));
  return with_plain_digits(by(std::string(rule.substr(equals + 1))));
}

}  // namespace srs::stt
