#include "stt/stitch.hpp"

#include <algorithm>
#include <map>

namespace srs::stt {
namespace {

void shift(Segment& segment, Millis by) {
  segment.start += by;
  segment.end += by;
  for (auto& word : segment.words) {
    word.start += by;
    word.end += by;
  }
}

// What a part says about one channel of its piece.
Side side_of(const Piece& piece, const Part& part, std::size_t channel) {
  Side side{&piece, {}};
  for (const auto& said : part.answer.segments) {
    if (said.channel != channel) continue;
    auto& segment = side.segments.emplace_back(said);
    segment.channel = piece.channels[channel];
    segment.provider = part.provider;
    segment.model = part.model;
    if (segment.language.empty()) segment.language = part.answer.language;
    shift(segment, piece.begin);
  }
  return side;
}

using Sides = std::map<unsigned, std::vector<Side>>;  // of each channel, in order of time

Sides sides_of(const std::vector<Piece>& pieces, const std::vector<Part>& parts) {
  Sides sides;
  for (const auto& part : parts) {
    if (part.number >= pieces.size()) continue;
    const auto& piece = pieces[part.number];
    for (std::size_t i = 0; i < piece.channels.size(); ++i)
      sides[piece.channels[i]].push_back(side_of(piece, part, i));
  }
  for (auto& [channel, list] : sides)
    std::sort(list.begin(), list.end(),
              [](const Side& a, const Side& b) { return a.piece->from < b.piece->from; });
  return sides;
}

}  // namespace

std::vector<Segment> stitch(const std::vector<Piece>& pieces, const std::vector<Part>& parts,
                            const GoesOn& goes_on) {
  std::vector<Segment> all;
  for (auto& [channel, sides] : sides_of(pieces, parts)) {
    for (std::size_t i = 1; i < sides.size(); ++i) join_at_seam(sides[i - 1], sides[i], goes_on);
    for (auto& side : sides)
      std::move(side.segments.begin(), side.segments.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), [](const Segment& a, const Segment& b) {
    return a.start != b.start ? a.start < b.start : a.channel < b.channel;
  });
  return all;
}

std::vector<Use> sum_up(const std::vector<Piece>& pieces, const std::vector<Part>& parts) {
  std::vector<Use> uses;
  for (const auto& part : parts) {
    if (part.provider.empty() || part.number >= pieces.size()) continue;
    auto at = std::find_if(uses.begin(), uses.end(), [&](const Use& use) {
      return use.provider == part.provider && use.model == part.model;
    });
    if (at == uses.end()) {
      uses.push_back({part.provider, part.model, 0, Millis(0), 0, part.currency});
      at = uses.end() - 1;
    }
    ++at->requests;
    const auto& piece = pieces[part.number];
    at->audio += piece.length() * static_cast<std::int64_t>(piece.channels.size());
    at->cost += part.cost;
  }
  return uses;
}

}  // namespace srs::stt
