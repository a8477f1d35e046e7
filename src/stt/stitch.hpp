// The answers about a recording's pieces as one transcript.
#pragma once

#include "stt/answer.hpp"
#include "stt/audio.hpp"
#include "stt/seam.hpp"

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

// Moves times to the recording's timeline and joins the pieces of each channel where they overlap:
// what both heard is told once. See join_at_seam() for `goes_on`.
std::vector<Segment> stitch(const std::vector<Piece>& pieces, const std::vector<Part>& parts,
                            const GoesOn& goes_on = {});

// What each provider and model was used for.
std::vector<Use> sum_up(const std::vector<Piece>& pieces, const std::vector<Part>& parts);

}  // namespace srs::stt
