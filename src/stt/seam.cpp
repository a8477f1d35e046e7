#include "stt/seam.hpp"

#include <algorithm>

namespace srs::stt {
namespace {

bool has_text_alone(const std::vector<Segment>& segments, const Side& left, const Side& right) {
  return std::any_of(segments.begin(), segments.end(), [&](const Segment& segment) {
    return segment.words.empty() && is_shared(segment.start, segment.end, left, right);
  });
}

void follow_words(Segment& segment) {
  std::erase_if(segment.words, [](const Word& word) { return word.text.empty(); });
  segment.text.clear();
  if (segment.words.empty()) return;
  for (const auto& word : segment.words)
    segment.text += (segment.text.empty() ? "" : " ") + word.text;
  segment.start = segment.words.front().start;
  segment.end = segment.words.back().end;
}

}  // namespace

void leave_out_emptied(Side& side, const std::vector<const Segment*>& touched) {
  for (auto& segment : side.segments) {
    const bool is_touched = std::find(touched.begin(), touched.end(), &segment) != touched.end();
    if (is_touched && !segment.words.empty()) follow_words(segment);
  }
  std::erase_if(side.segments, [](const Segment& segment) { return segment.text.empty(); });
}

void join_at_seam(Side& left, Side& right, const GoesOn& goes_on) {
  // Without an overlap nothing was heard twice: two equal words are two.
  if (left.piece->end <= right.piece->begin) return;
  if (has_text_alone(left.segments, left, right) || has_text_alone(right.segments, left, right))
    join_by_text(left, right, goes_on);
  else
    join_by_words(left, right);
  // Their times may contradict each other by kJitter: the order of what was said does not.
  if (left.segments.empty()) return;
  for (auto& segment : right.segments)
    segment.start = std::max(segment.start, left.segments.back().start);
}

}  // namespace srs::stt
