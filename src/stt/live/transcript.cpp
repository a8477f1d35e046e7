// From what was heard live to the files of a transcript.
#include "stt/assemble.hpp"
#include "stt/files.hpp"
#include "stt/json.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace srs::stt {
namespace {

constexpr std::uint64_t kMostBytes = 64 << 20;

Segment segment_of(const Json& json) {
  Segment segment;
  segment.channel = member(json, "channel").get<unsigned>();
  segment.start = millis_of(json, "start_ms").value_or(Millis(0));
  segment.end = millis_of(json, "end_ms").value_or(segment.start);
  segment.text = text_of(json, "text");
  segment.confidence = number_of(json, "confidence");
  segment.language = text_of(json, "language");
  segment.provider = text_of(json, "provider");
  segment.model = text_of(json, "model");
  for (const auto& entry : elements(json, "words")) {
    const auto start = millis_of(entry, "start_ms").value_or(segment.start);
    segment.words.push_back({text_of(entry, "text"), start,
                             millis_of(entry, "end_ms").value_or(start),
                             number_of(entry, "confidence")});
  }
  return segment;
}

// What was said at the very end may reach a little beyond the rendered file.
void clamp(Segment& segment, Millis duration) {
  segment.end = std::min(segment.end, duration);
  segment.start = std::min(segment.start, segment.end);
  for (auto& word : segment.words) {
    word.end = std::min(word.end, duration);
    word.start = std::min(word.start, word.end);
  }
}

// A line of ours; one that a crash cut short is left out.
void add_line(std::string_view line, Transcript& transcript) {
  const auto json = parse_json(line);
  if (!json || !member(*json, "channel").is_number_unsigned()) return;
  auto segment = segment_of(*json);
  for (const auto& place : elements(*json, "redactions")) {
    const auto start = millis_of(place, "start_ms").value_or(segment.start);
    transcript.redactions.push_back({text_of(place, "rule"), segment.channel, start,
                                     millis_of(place, "end_ms").value_or(segment.end)});
  }
  clamp(segment, transcript.duration);
  transcript.segments.push_back(std::move(segment));
}

}  // namespace

Result<Assembled> assemble_live(const Job& job, const Options& options, const Redactor& redactor) {
  const auto file = job.directory / kLiveFile;
  const auto text = is_there(file) ? read_text(file, kMostBytes) : std::string();
  if (!text) return text.error();
  Transcript transcript;
  transcript.recording_id = job.recording_id;
  transcript.created_at = wall_now();
  transcript.duration = job.live->duration;
  transcript.channels = job.channels;
  transcript.uses = job.live->uses;
  transcript.warnings = job.live->warnings;
  for (const auto line : split(*text, '\n')) add_line(line, transcript);
  std::stable_sort(transcript.segments.begin(), transcript.segments.end(),
                   [](const Segment& a, const Segment& b) {
                     return std::tie(a.start, a.channel) < std::tie(b.start, b.channel);
                   });
  return publish(std::move(transcript), job, options, redactor);
}

}  // namespace srs::stt
