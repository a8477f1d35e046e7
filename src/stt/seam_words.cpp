// Two sides that say when each word was said: an alignment of what both heard.
#include "stt/seam.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

namespace srs::stt {
namespace {

// Of one side, nearest to the cut: more are not said in an overlap.
constexpr std::size_t kMostWords = 200;

struct Shared {
  Segment* segment = nullptr;
  Word* word = nullptr;
  std::string said;  // without case and punctuation
  Millis middle() const { return middle_of(word->start, word->end); }
};

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) out += static_cast<char>(std::tolower(byte));
  }
  return out.empty() ? std::string(text) : out;
}

std::vector<Shared> shared_words(Side& side, const Side& left, const Side& right) {
  std::vector<Shared> words;
  for (auto& segment : side.segments)
    for (auto& word : segment.words)
      if (is_shared(word.start, word.end, left, right))
        words.push_back({&segment, &word, plain(word.text)});
  std::stable_sort(words.begin(), words.end(),
                   [](const Shared& a, const Shared& b) { return a.word->start < b.word->start; });
  keep_nearest_to_cut(words, kMostWords, &side == &left);
  return words;
}

// What it is worth to take the two for one: the same word counts before all else, then what was
// said at the same moment and heard otherwise, then how near they are. 0: they are two.
std::int64_t worth(const Shared& a, const Shared& b) {
  const auto apart = std::abs((a.middle() - b.middle()).count());
  if (a.said == b.said && apart <= kJitter.count()) return 1'000'000 - apart;
  const auto common = std::min(a.word->end, b.word->end) - std::max(a.word->start, b.word->start);
  const auto shorter = std::min(a.word->end - a.word->start, b.word->end - b.word->start);
  return shorter.count() > 0 && common * 2 >= shorter ? 1'000 - std::min<std::int64_t>(apart, 999)
                                                      : 0;
}

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

// Both in their order: of all ways to pair them the one that is worth most.
Pairs pairs_of(const std::vector<Shared>& left, const std::vector<Shared>& right) {
  const auto width = right.size() + 1;
  std::vector<std::int64_t> best((left.size() + 1) * width, 0);  // of what comes from there on
  for (auto i = left.size(); i-- > 0;)
    for (auto j = right.size(); j-- > 0;) {
      const auto value = worth(left[i], right[j]);
      best[i * width + j] =
          std::max({best[(i + 1) * width + j], best[i * width + j + 1],
                    value > 0 ? value + best[(i + 1) * width + j + 1] : std::int64_t{0}});
    }
  Pairs pairs;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    const auto here = best[i * width + j];
    if (here == best[(i + 1) * width + j])
      ++i;
    else if (here == best[i * width + j + 1])
      ++j;
    else
      pairs.emplace_back(i++, j++);
  }
  return pairs;
}

// What both heard is told once, however they differ about its time: by the left one unless both say
// that its middle lies behind the cut. What one alone heard is told where its own middle lies.
Splice splice_of(const std::vector<Shared>& left, const std::vector<Shared>& right, Millis cut) {
  Splice splice;
  std::pair<std::size_t, std::size_t> next{left.size(), right.size()};
  for (const auto& [l, r] : pairs_of(left, right)) {
    if (std::min(left[l].middle(), right[r].middle()) >= cut) {
      next = {l, r};
      break;
    }
    splice = {l + 1, r + 1};
  }
  for (auto i = splice.left; i < next.first; ++i)
    if (left[i].middle() < cut) splice.left = i + 1;
  while (splice.right < next.second && right[splice.right].middle() < cut) ++splice.right;
  return splice;
}

}  // namespace

void join_by_words(Side& left, Side& right) {
  auto before = shared_words(left, left, right);
  auto after = shared_words(right, left, right);
  const auto splice = splice_of(before, after, left.piece->to);
  std::vector<const Segment*> touched;
  const auto take_off = [&](Shared& shared) {
    shared.word->text.clear();
    touched.push_back(shared.segment);
  };
  for (auto i = splice.left; i < before.size(); ++i) take_off(before[i]);
  for (std::size_t i = 0; i < splice.right; ++i) take_off(after[i]);
  leave_out_emptied(left, touched);
  leave_out_emptied(right, touched);
}

}  // namespace srs::stt
