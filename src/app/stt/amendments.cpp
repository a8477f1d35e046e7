// What a transcript, or the lack of one, adds to metadata.json.
#include "app/stt/transcription.hpp"

#include <string_view>

namespace srs::app {
namespace {

constexpr std::string_view kNotDelivered = "the transcript was not delivered";

std::vector<recording::TranscriptionIncident> entries_of(
    const std::vector<stt::Incident>& incidents) {
  std::vector<recording::TranscriptionIncident> entries;
  for (const auto& incident : incidents)
    entries.push_back({incident.provider, incident.reason, incident.at, incident.times});
  return entries;
}

}  // namespace

recording::FileEntry live_entry() {
  return {std::string(stt::kLiveFile), "application/x-ndjson", 0, {}};
}

recording::TranscriptionUse entry_of(const stt::Use& use) {
  return {use.provider, use.model, use.requests, use.audio.count(), use.cost, use.currency};
}

recording::Amendment amendment_of(const stt::Finished& finished) {
  recording::Amendment amendment;
  for (const auto& file : finished.files) amendment.files.push_back({file.name, file.type, 0, {}});
  auto& entry = amendment.transcription.emplace();
  entry.state = "complete";
  entry.segments = finished.segments;
  entry.words = finished.words;
  for (const auto& use : finished.uses) entry.uses.push_back(entry_of(use));
  entry.incidents = entries_of(finished.incidents);
  amendment.warnings = finished.warnings;
  return amendment;
}

recording::Amendment amendment_of(const stt::Unfinished& unfinished) {
  recording::Amendment amendment;
  if (unfinished.written) {  // it stays complete, with its costs
    amendment.outdated = kNotDelivered;
    amendment.warnings.push_back(amendment.outdated + " (" + unfinished.reason +
                                 "): " + unfinished.text);
    return amendment;
  }
  auto& entry = amendment.transcription.emplace();
  entry.state = to_string(unfinished.state);
  entry.reason = unfinished.reason;
  entry.message = unfinished.text;
  for (const auto& use : unfinished.uses) entry.uses.push_back(entry_of(use));
  entry.incidents = entries_of(unfinished.incidents);
  return amendment;
}

recording::Amendment amendment_of(const stt::Delivered& delivered) {
  recording::Amendment amendment;
  amendment.delivered_at = delivered.at;
  amendment.outdated = kNotDelivered;
  return amendment;
}

recording::Amendment amendment_of(const stt::Waiting& waiting) {
  recording::Amendment amendment;
  amendment.waits = {waiting.provider, waiting.reason, waiting.text, waiting.next_try,
                     entries_of(waiting.incidents)};
  return amendment;
}

}  // namespace srs::app
