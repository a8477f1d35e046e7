// Where two pieces of a channel overlap: what both heard is told once, and nothing is lost.
#pragma once

#include "stt/audio.hpp"

#include <srs/stt/transcript.hpp>

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace srs::stt {

// What was heard of one channel in one piece, on the recording's timeline.
struct Side {
  const Piece* piece = nullptr;
  std::vector<Segment> segments;
};

// Whether something that has to be taken out goes on from the one text to the other.
using GoesOn = std::function<bool(std::string_view before, std::string_view after)>;

// Takes off both what is the other's to tell. `right` begins where `left` is to end. By the times
// of the words where both sides give them, else by the longest run of words that ends the one and
// begins the other; of several such runs one across which something `goes_on` is preferred.
void join_at_seam(Side& left, Side& right, const GoesOn& goes_on);

// Its ways.
void join_by_words(Side& left, Side& right);
void join_by_text(Side& left, Side& right, const GoesOn& goes_on);

// What the ways share.

// Providers differ by so much about when a word was said.
inline constexpr Millis kJitter{250};

inline Millis middle_of(Millis start, Millis end) {
  return start + (end - start) / 2;
}
// Whether it may lie where the other side heard it too.
inline bool is_shared(Millis start, Millis end, const Side& left, const Side& right) {
  return end > right.piece->begin - kJitter && start < left.piece->end + kJitter;
}
// How many words or tokens of the left side are told, and from which one on those of the right.
struct Splice {
  std::size_t left = 0;
  std::size_t right = 0;
};
// Of what one side says where both heard it, no more than the `most` that lie nearest to the cut.
template <class Said>
void keep_nearest_to_cut(std::vector<Said>& said, std::size_t most, bool is_left) {
  if (said.size() <= most) return;
  const auto spare = static_cast<std::ptrdiff_t>(said.size() - most);
  if (is_left)
    said.erase(said.begin(), said.begin() + spare);
  else
    said.erase(said.end() - spare, said.end());
}
// Words whose text was taken away go, and segments of which nothing is left. The text of segments
// that have words and were `touched` is made of these anew.
void leave_out_emptied(Side& side, const std::vector<const Segment*>& touched);

}  // namespace srs::stt
