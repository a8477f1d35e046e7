#include "stt/stitch.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <map>

namespace srs::stt {
namespace {

bool is_own(Millis start, Millis end, const Piece& piece) {
  const auto middle = start + (end - start) / 2;
  // Nobody else tells what lies at the very end.
  return middle >= piece.from && (middle < piece.to || piece.to == piece.end);
}

std::string joined(const std::vector<Word>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

void shift(Segment& segment, Millis by) {
  segment.start += by;
  segment.end += by;
  for (auto& word : segment.words) {
    word.start += by;
    word.end += by;
  }
}

// Takes the words of others off; false where nothing is left.
bool trim_to(Segment& segment, const Piece& piece) {
  if (segment.words.empty()) return is_own(segment.start, segment.end, piece);
  const auto before = segment.words.size();
  std::erase_if(segment.words,
                [&](const Word& word) { return !is_own(word.start, word.end, piece); });
  if (segment.words.empty()) return false;
  if (segment.words.size() == before) return true;
  segment.text = joined(segment.words);
  segment.start = segment.words.front().start;
  segment.end = segment.words.back().end;
  return true;
}

// `said` and `again` are neighbours of one channel, from two pieces.
void drop_repeated_word(const Segment& said, Segment& again) {
  if (said.words.empty() || again.words.empty()) return;
  const auto& last = said.words.back();
  const auto& first = again.words.front();
  if (!iequals(last.text, first.text) || first.start - last.start > Millis(250)) return;
  again.words.erase(again.words.begin());
  again.text = joined(again.words);
  if (!again.words.empty()) again.start = again.words.front().start;
}

}  // namespace

std::vector<Segment> stitch(const std::vector<Piece>& pieces, const std::vector<Part>& parts) {
  std::map<unsigned, std::vector<Segment>> channels;
  std::vector<const Part*> ordered;
  for (const auto& part : parts)
    if (part.number < pieces.size()) ordered.push_back(&part);
  std::sort(ordered.begin(), ordered.end(),
            [](const Part* a, const Part* b) { return a->number < b->number; });
  for (const auto* part : ordered) {
    const auto& piece = pieces[part->number];
    std::map<unsigned, bool> continued;  // channels of this piece that have a segment already
    for (auto segment : part->answer.segments) {
      if (segment.channel >= piece.channels.size()) continue;
      segment.channel = piece.channels[segment.channel];
      segment.provider = part->provider;
      segment.model = part->model;
      if (segment.language.empty()) segment.language = part->answer.language;
      shift(segment, piece.begin);
      if (!trim_to(segment, piece)) continue;
      auto& said = channels[segment.channel];
      if (!said.empty() && !continued[segment.channel]) drop_repeated_word(said.back(), segment);
      continued[segment.channel] = true;
      if (!segment.text.empty()) said.push_back(std::move(segment));
    }
  }
  std::vector<Segment> all;
  for (auto& [number, segments] : channels)
    std::move(segments.begin(), segments.end(), std::back_inserter(all));
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
