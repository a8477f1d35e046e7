// Sides of which one does not say when each word was said: what ends the one and begins the other
// is what both heard.
#include "stt/seam.hpp"
#include "stt/tokens.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

namespace srs::stt {
namespace {

constexpr std::size_t kMostTokens = 64;  // of one side, nearest to the cut
// A word that the cut took apart is heard as something else, or as two.
constexpr std::size_t kMostGarbled = 2;

struct SharedToken : Token {
  Segment* segment = nullptr;
  std::string* text = nullptr;  // a word's, or all the segment's
};
using Tokens = std::vector<SharedToken>;

void add_tokens(Tokens& tokens, Segment& segment, std::string& text) {
  for (auto& token : tokens_of(text)) tokens.push_back({std::move(token), &segment, &text});
}

Tokens shared_tokens(Side& side, const Side& left, const Side& right) {
  Tokens tokens;
  for (auto& segment : side.segments) {
    if (segment.words.empty() && is_shared(segment.start, segment.end, left, right))
      add_tokens(tokens, segment, segment.text);
    for (auto& word : segment.words)
      if (is_shared(word.start, word.end, left, right)) add_tokens(tokens, segment, word.text);
  }
  keep_nearest_to_cut(tokens, kMostTokens, &side == &left);
  return tokens;
}

// As they are written, with what stands between them.
std::string text_of(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::string out;
  for (auto i = begin; i < end; ++i) {
    const auto& token = tokens[i];
    const bool goes_on = i > begin && tokens[i - 1].text == token.text;
    const auto from = goes_on ? tokens[i - 1].at.end : token.at.begin;
    if (!goes_on && !out.empty()) out += ' ';
    out.append(*token.text, from, token.at.end - from);
  }
  return out;
}

bool is_same_run(const Tokens& left, std::size_t end, const Tokens& right, std::size_t begin,
                 std::size_t length) {
  for (std::size_t i = 0; i < length; ++i)
    if (left[end - length + i].said != right[begin + i].said) return false;
  return true;
}

// The runs that end the one and begin the other, but for what the cut garbled: the longest first,
// those without anything garbled before others as long.
std::vector<Splice> splices_of(const Tokens& left, const Tokens& right, std::size_t longest) {
  std::vector<Splice> splices;
  for (auto length = std::min({left.size(), right.size(), longest}); length > 0; --length)
    for (std::size_t garbled = 0; garbled <= 2 * kMostGarbled; ++garbled)
      for (std::size_t first = 0; first <= garbled; ++first) {
        const auto last = garbled - first;
        if (first > kMostGarbled || last > kMostGarbled || (garbled > 0 && length == 1)) continue;
        if (last + length > left.size() || first + length > right.size()) continue;
        if (is_same_run(left, left.size() - last, right, first, length))
          splices.push_back({left.size() - last, first + length});
      }
  return splices;
}

// Digits repeat: where several runs could be what both heard, a number that one of them makes
// whole is the likely one, and the one that must not be missed.
std::optional<Splice> best_of(std::vector<Splice> splices, const Tokens& left, const Tokens& right,
                              const GoesOn& goes_on) {
  const Splice all{left.size(), 0};
  splices.push_back(all);
  for (const auto& splice : splices) {
    if (!goes_on) break;
    if (goes_on(text_of(left, 0, splice.left), text_of(right, splice.right, right.size())))
      return splice;
  }
  if (splices.size() == 1) return std::nullopt;
  return splices.front();
}

// Nobody says more in so much time.
std::size_t most_said_in(Millis time) {
  constexpr std::int64_t kPerSecond = 8;
  return static_cast<std::size_t>(2 + time.count() * kPerSecond / 1000);
}

// Brackets or a dash alone are nothing.
bool has_words(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0;
  });
}

void cut_left(const Tokens& tokens, std::size_t told, std::vector<const Segment*>& touched) {
  for (auto i = tokens.size(); i-- > told;) {
    const auto& token = tokens[i];
    token.text->resize(token.at.begin);
    if (!has_words(*token.text)) token.text->clear();
    while (!token.text->empty() && token.text->back() == ' ') token.text->pop_back();
    touched.push_back(token.segment);
  }
}

void cut_right(const Tokens& tokens, std::size_t first, std::vector<const Segment*>& touched) {
  for (std::size_t i = first; i-- > 0;) {
    const auto& token = tokens[i];
    touched.push_back(token.segment);
    if (token.text->empty() || (i + 1 < first && tokens[i + 1].text == token.text)) continue;
    const bool rest = i + 1 < tokens.size() && tokens[i + 1].text == token.text;
    token.text->erase(0, rest ? tokens[i + 1].at.begin : std::string::npos);
  }
}

// Each side gave it to the other: it stays where it came first.
bool is_given_back(const Segment& segment, const std::vector<Segment*>& refused) {
  return std::any_of(refused.begin(), refused.end(), [&](const Segment* other) {
    const auto common = std::min(segment.end, other->end) - std::max(segment.start, other->start);
    return common * 2 >= std::min(segment.end - segment.start, other->end - other->start);
  });
}

// Nothing was heard by both: each tells what lies on its own side by its times.
void cut_by_times(Side& left, Side& right) {
  const auto cut = left.piece->to;
  std::vector<const Segment*> touched;
  const auto take_off = [&](Side& side, bool before) {
    std::vector<Segment*> refused;
    for (auto& segment : side.segments) {
      const auto is_others = [&](Millis start, Millis end) {
        return (middle_of(start, end) < cut) != before;
      };
      if (segment.words.empty() && is_others(segment.start, segment.end))
        refused.push_back(&segment);
      for (auto& word : segment.words) {
        if (!is_others(word.start, word.end)) continue;
        word.text.clear();
        touched.push_back(&segment);
      }
    }
    return refused;
  };
  const auto refused = take_off(left, true);
  const auto also = take_off(right, false);
  for (auto* segment : refused)
    if (!is_given_back(*segment, also)) segment->text.clear();
  for (auto* segment : also) segment->text.clear();
  leave_out_emptied(left, touched);
  leave_out_emptied(right, touched);
}

}  // namespace

void join_by_text(Side& left, Side& right, const GoesOn& goes_on) {
  const auto before = shared_tokens(left, left, right);
  const auto after = shared_tokens(right, left, right);
  const auto longest = most_said_in(left.piece->end - right.piece->begin);
  const auto splice = best_of(splices_of(before, after, longest), before, after, goes_on);
  if (!splice) return cut_by_times(left, right);
  std::vector<const Segment*> touched;
  cut_left(before, splice->left, touched);
  cut_right(after, splice->right, touched);
  leave_out_emptied(left, touched);
  leave_out_emptied(right, touched);
}

}  // namespace srs::stt
