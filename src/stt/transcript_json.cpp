// docs/transcript-format.md, written and read.
#include "stt/incidents.hpp"
#include "stt/use_json.hpp"

#include <srs/stt/transcript.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <cmath>

namespace srs::stt {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::string_view kSchema = "siprec-transcript/1";

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

Ordered write(const Word& word) {
  Ordered json{{"text", word.text}, {"start_ms", word.start.count()}, {"end_ms", word.end.count()}};
  if (word.confidence) json["confidence"] = rounded(*word.confidence, 1e4);
  return json;
}

const Channel* find(const std::vector<Channel>& channels, unsigned number) {
  const auto at = std::find_if(channels.begin(), channels.end(),
                               [&](const Channel& c) { return c.channel == number; });
  return at == channels.end() ? nullptr : &*at;
}

Ordered write(const Segment& segment, const std::vector<Channel>& channels) {
  Ordered json{{"channel", segment.channel}};
  const auto* channel = find(channels, segment.channel);
  const auto who = channel == nullptr ? Speaker{} : speaker_of(*channel, segment);
  if (!who.participant.empty()) json["participant"] = who.participant;
  json["start_ms"] = segment.start.count();
  json["end_ms"] = segment.end.count();
  json["text"] = segment.text;
  if (segment.confidence) json["confidence"] = rounded(*segment.confidence, 1e4);
  if (!segment.language.empty()) json["language"] = segment.language;
  json["provider"] = segment.provider;
  if (!segment.model.empty()) json["model"] = segment.model;
  if (!segment.words.empty()) {
    auto words = Ordered::array();
    for (const auto& word : segment.words) words.push_back(write(word));
    json["words"] = std::move(words);
  }
  return json;
}

Ordered write(const Speaker& speaker) {
  Ordered json{{"participant", speaker.participant}};
  if (!speaker.name.empty()) json["name"] = speaker.name;
  json["from_ms"] = speaker.from.count();
  return json;
}

template <class T>
Ordered list(const std::vector<T>& values);

Ordered write(const Channel& channel) {
  Ordered json{{"channel", channel.channel}};
  if (!channel.label.empty()) json["label"] = channel.label;
  if (!channel.participant.empty()) json["participant"] = channel.participant;
  if (!channel.name.empty()) json["name"] = channel.name;
  if (!channel.speakers.empty()) json["speakers"] = list(channel.speakers);
  return json;
}

Ordered write(const Use& use) {
  return to_json(use);
}

Ordered write(const Redaction& redaction) {
  return {{"rule", redaction.rule},
          {"channel", redaction.channel},
          {"start_ms", redaction.start.count()},
          {"end_ms", redaction.end.count()}};
}

template <class T>
Ordered list(const std::vector<T>& values) {
  auto json = Ordered::array();
  for (const auto& value : values) json.push_back(write(value));
  return json;
}

unsigned channel_of(const Json& json) {
  const auto value = number_of(json, "channel");
  return value && *value >= 0 && *value < 1000 ? static_cast<unsigned>(*value) : 0;
}

Channel read_channel(const Json& json) {
  Channel channel{channel_of(json), text_of(json, "label"), text_of(json, "participant"),
                  text_of(json, "name")};
  for (const auto& entry : elements(json, "speakers"))
    channel.speakers.push_back({millis_of(entry, "from_ms").value_or(Millis(0)),
                                text_of(entry, "participant"), text_of(entry, "name")});
  return channel;
}

Word read_word(const Json& json) {
  return {text_of(json, "text"), millis_of(json, "start_ms").value_or(Millis(0)),
          millis_of(json, "end_ms").value_or(Millis(0)), number_of(json, "confidence")};
}

Segment read_segment(const Json& json) {
  Segment segment;
  segment.channel = channel_of(json);
  segment.start = millis_of(json, "start_ms").value_or(Millis(0));
  segment.end = millis_of(json, "end_ms").value_or(Millis(0));
  segment.text = text_of(json, "text");
  for (const auto& word : elements(json, "words")) segment.words.push_back(read_word(word));
  segment.confidence = number_of(json, "confidence");
  segment.language = text_of(json, "language");
  segment.provider = text_of(json, "provider");
  segment.model = text_of(json, "model");
  return segment;
}

}  // namespace

std::string to_json(const Transcript& transcript) {
  Ordered json{{"schema", kSchema},
               {"recording_id", transcript.recording_id},
               {"created_at", to_rfc3339(transcript.created_at)},
               {"duration_ms", transcript.duration.count()},
               {"channels", list(transcript.channels)}};
  auto segments = Ordered::array();
  for (const auto& segment : transcript.segments)
    segments.push_back(write(segment, transcript.channels));
  json["segments"] = std::move(segments);
  json["uses"] = list(transcript.uses);
  if (!transcript.redactions.empty()) json["redactions"] = list(transcript.redactions);
  if (!transcript.incidents.empty()) json["incidents"] = to_json(transcript.incidents);
  json["warnings"] = transcript.warnings;
  return json.dump(1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

Result<Transcript> from_json(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return Error{"is no JSON"};
  if (text_of(*json, "schema") != kSchema)
    return Error{"schema: not ", kSchema, " but `", text_of(*json, "schema"), "`"};
  if (!member(*json, "segments").is_array()) return Error{"segments: is no array"};
  Transcript transcript;
  transcript.recording_id = text_of(*json, "recording_id");
  transcript.created_at = from_rfc3339(text_of(*json, "created_at")).value_or(WallTime{});
  transcript.duration = millis_of(*json, "duration_ms").value_or(Millis(0));
  for (const auto& entry : elements(*json, "channels"))
    transcript.channels.push_back(read_channel(entry));
  for (const auto& entry : elements(*json, "segments"))
    transcript.segments.push_back(read_segment(entry));
  for (const auto& entry : elements(*json, "uses")) transcript.uses.push_back(use_from(entry));
  for (const auto& entry : elements(*json, "redactions"))
    transcript.redactions.push_back({text_of(entry, "rule"), channel_of(entry),
                                     millis_of(entry, "start_ms").value_or(Millis(0)),
                                     millis_of(entry, "end_ms").value_or(Millis(0))});
  transcript.incidents = incidents_from(*json);
  for (const auto& entry : elements(*json, "warnings"))
    transcript.warnings.push_back(text_of(entry));
  return transcript;
}

}  // namespace srs::stt
