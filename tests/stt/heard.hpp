// Answers about pieces, made on the spot.
#pragma once

#include "stt/answer.hpp"
#include "stt/stitch.hpp"

#include <string>
#include <utility>
#include <vector>

namespace srs::stt::test {

inline Word word(std::string text, Millis start, Millis end) {
  return {std::move(text), start, end, std::nullopt};
}

inline Segment said(std::vector<Word> words, unsigned channel = 0) {
  auto segments = segments_of(std::move(words), channel);
  return segments.empty() ? Segment{} : segments.front();
}

// Without times of its words.
inline Segment told(std::string text, Millis start, Millis end) {
  Segment segment;
  segment.text = std::move(text);
  segment.start = start;
  segment.end = end;
  return segment;
}

inline Part part(std::size_t number, std::vector<Segment> segments) {
  Part out;
  out.number = number;
  out.provider = "openai";
  out.answer.segments = std::move(segments);
  return out;
}

inline std::vector<std::string> texts(const std::vector<Segment>& segments) {
  std::vector<std::string> out;
  for (const auto& segment : segments) out.push_back(segment.text);
  return out;
}

// Two pieces that overlap by a second around `cut`.
inline std::vector<Piece> two_pieces(Millis cut = Millis(10'000), Millis half = Millis(500)) {
  return {{{0}, Millis(0), cut + half, Millis(0), cut, false},
          {{0}, cut - half, Millis(20'000), cut, Millis(20'000), false}};
}

}  // namespace srs::stt::test
