// The answers about a recording's pieces as one transcript.
#pragma once

#include "stt/answer.hpp"
#include "stt/audio.hpp"

#include <vector>

namespace srs::stt {

// A piece and what was heard in it, as `transcription.parts.jsonl` keeps it.
struct Part {
  std::size_t number = 0;  // of the piece
  std::string provider;    // empty: the piece is silent and nobody was asked
  std::string model;
  Answer answer;
  double cost = 0;
  std::string currency;
};

// Moves times to the recording's timeline and keeps of each piece what is said between its cuts: a
// word belongs where its middle is. A word that both neighbours heard at the cut stays once.
std::vector<Segment> stitch(const std::vector<Piece>& pieces, const std::vector<Part>& parts);

// What each provider and model was used for.
std::vector<Use> sum_up(const std::vector<Piece>& pieces, const std::vector<Part>& parts);

}  // namespace srs::stt
