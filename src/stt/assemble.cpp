#include "stt/assemble.hpp"

#include "stt/files.hpp"

#include <algorithm>

namespace srs::stt {
namespace {

std::vector<Channel> channels_of(const Job& job, const Progress& progress) {
  if (!job.channels.empty()) return job.channels;
  std::vector<Channel> channels;
  for (const auto& piece : progress.pieces)
    for (const auto number : piece.channels)
      if (std::none_of(channels.begin(), channels.end(),
                       [&](const Channel& c) { return c.channel == number; }))
        channels.push_back({number, {}, {}, {}});
  std::sort(channels.begin(), channels.end(),
            [](const Channel& a, const Channel& b) { return a.channel < b.channel; });
  return channels;
}

std::vector<std::string> warnings_of(const Progress& progress) {
  constexpr std::size_t kMost = 100;
  std::vector<std::string> warnings;
  for (const auto& part : progress.parts)
    for (const auto& warning : part.answer.warnings)
      if (warnings.size() < kMost)
        warnings.push_back(part.provider + ", piece " + std::to_string(part.number + 1) + ": " +
                           warning);
  return warnings;
}

// Live text too lies within a tenth of a second or so of the rendered audio.
void widen(Transcript& transcript) {
  constexpr Millis margin{200};
  for (auto& place : transcript.redactions) {
    place.start = std::max(place.start - margin, Millis(0));
    place.end = std::max(place.start, std::min(place.end + margin, transcript.duration));
  }
}

// Together the two show less than each by itself.
GoesOn across(const Redactor& redactor) {
  if (!redactor.has_rules()) return {};
  return [&redactor](std::string_view before, std::string_view after) {
    const std::string first(before), second(after);
    return redactor.redact(first + " " + second) !=
           redactor.redact(first) + " " + redactor.redact(second);
  };
}

void describe(const Transcript& transcript, const Job& job, Finished& finished) {
  finished.directory = job.directory;
  finished.recording_id = job.recording_id;
  if (is_there(job.directory / kRedactedAudioFile))
    finished.files.push_back({std::string(kRedactedAudioFile), "audio/wav"});
  finished.files.push_back({std::string(kTranscriptFile), "application/json"});
  finished.files.push_back({std::string(kVttFile), "text/vtt"});
  finished.files.push_back({std::string(kTextFile), "text/plain"});
  finished.uses = transcript.uses;
  finished.segments = transcript.segments.size();
  for (const auto& segment : transcript.segments) finished.words += segment.words.size();
  finished.redactions = transcript.redactions.size();
  finished.incidents = transcript.incidents;
  finished.warnings = transcript.warnings;
}

}  // namespace

Result<Finished> finished_of(const Job& job) {
  const auto text = read_text(job.directory / kTranscriptFile, 512 << 20);
  if (!text) return text.error();
  const auto transcript = from_json(*text);
  if (!transcript) return Error{"transcript.json: ", transcript.error().text};
  Finished finished;
  describe(*transcript, job, finished);
  return finished;
}

Result<Assembled> assemble(const JobState& state, const Progress& progress, const Options& options,
                           const Redactor& redactor) {
  const auto& job = state.job;
  Transcript transcript;
  transcript.recording_id = job.recording_id;
  transcript.created_at = wall_now();
  transcript.duration = progress.duration;
  transcript.channels = channels_of(job, progress);
  transcript.segments = stitch(progress.pieces, progress.parts, across(redactor));
  transcript.uses = sum_up(progress.pieces, progress.parts);
  transcript.incidents = state.incidents;
  transcript.warnings = warnings_of(progress);
  return publish(std::move(transcript), job, options, redactor);
}

Result<Assembled> publish(Transcript transcript, const Job& job, const Options& options,
                          const Redactor& redactor) {
  Assembled out;
  out.untimed = redactor.redact(transcript);
  widen(transcript);
  auto& finished = out.finished;
  if (options.redaction.audio != "off" && !transcript.redactions.empty()) {
    auto done = redact_audio(job.directory / job.audio, job.directory / kRedactedAudioFile,
                             transcript.redactions, options.redaction.audio == "tone");
    if (!done) return done.error();
  }
  if (auto done = replace_file(job.directory / kVttFile, to_vtt(transcript)); !done)
    return done.error();
  if (auto done = replace_file(job.directory / kTextFile, to_text(transcript)); !done)
    return done.error();
  // The last of them: who sees it sees all of them.
  if (auto done = replace_file(job.directory / kTranscriptFile, to_json(transcript)); !done)
    return done.error();
  describe(transcript, job, finished);
  out.redactions = std::move(transcript.redactions);
  return out;
}

}  // namespace srs::stt
