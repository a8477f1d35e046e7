// What was said, as values: schema `siprec-transcript/1`, docs/transcript-format.md.
#pragma once

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

using Millis = std::chrono::milliseconds;

// Times count from the start of audio.wav, which is the recording's `started_at`.
struct Word {
  std::string text;
  Millis start{0};
  Millis end{0};
  std::optional<double> confidence;  // 0 to 1, as the provider says
};

// One stretch of speech of one speaker.
struct Segment {
  unsigned channel = 0;  // of audio.wav
  Millis start{0};
  Millis end{0};
  std::string text;
  std::vector<Word> words;  // empty where the provider gives none
  std::optional<double> confidence;
  std::string language;  // as the provider says or was told; may be empty
  std::string provider;
  std::string model;  // as the provider says, else the one that was asked for; may be empty
};

// One of those who speak on a channel in turn, as after a transfer.
struct Speaker {
  Millis from{0};           // until the next one
  std::string participant;  // id in metadata.json
  std::string name;
};

// Who speaks on a channel, by the recording's metadata.
struct Channel {
  unsigned channel = 0;
  std::string label;
  std::string participant;  // id in metadata.json
  std::string name;         // for dialogues; empty: the participant or the channel's number is used
  std::vector<Speaker> speakers = {};  // in order; empty: one all along
};

// Who speaks in a segment: the participant and the name of the one in whose time its middle is.
Speaker speaker_of(const Channel& channel, const Segment& segment);

// What one provider was used for.
struct Use {
  std::string provider;
  std::string model;
  std::uint64_t requests = 0;
  Millis audio{0};
  double cost = 0;  // estimated by the configured price
  std::string currency;
};

struct Redaction {
  std::string rule;
  unsigned channel = 0;
  Millis start{0};
  Millis end{0};
};

// What kept a provider from transcribing: it failed, or was passed over or waited for.
struct Incident {
  std::string provider;
  std::string reason;  // a label value: auth, timeout, ...; `breaker`; a limit: cost, rate_limited
  WallTime at{};       // the first time
  std::size_t times = 0;
};

struct Transcript {
  std::string recording_id;
  WallTime created_at{};
  Millis duration{0};
  std::vector<Channel> channels;
  std::vector<Segment> segments;  // by start, then channel
  std::vector<Use> uses;
  std::vector<Redaction> redactions;
  std::vector<Incident> incidents;
  std::vector<std::string> warnings;
};

std::string to_json(const Transcript& transcript);
// Reads what to_json wrote; unknown keys are ignored, an error names the key.
Result<Transcript> from_json(std::string_view text);
// WebVTT (W3C) with a voice per participant.
std::string to_vtt(const Transcript& transcript);
// A dialogue for people: `[00:01:02] Alice: ...`.
std::string to_text(const Transcript& transcript);

inline constexpr std::string_view kTranscriptFile = "transcript.json";
inline constexpr std::string_view kVttFile = "transcript.vtt";
inline constexpr std::string_view kTextFile = "transcript.txt";
inline constexpr std::string_view kLiveFile = "transcript.live.jsonl";
inline constexpr std::string_view kHeldFile = "transcript.live.held.jsonl";
inline constexpr std::string_view kRedactedAudioFile = "audio.redacted.wav";
inline constexpr std::string_view kJobFile = "transcription.json";
inline constexpr std::string_view kCancelledFile = "transcription.cancelled";
inline constexpr std::string_view kPartsFile = "transcription.parts.jsonl";

}  // namespace srs::stt
