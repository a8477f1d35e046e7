// metadata.json, written (docs/recording-format.md).
#include "recording/files/document_schema.hpp"

#include <srs/recording/document.hpp>

#include <nlohmann/json.hpp>

namespace srs::recording {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

Json to_json(const PayloadEntry& entry);
Json to_json(const FormerPayloadEntry& entry);
Json to_json(const DtmfEntry& entry);
Json to_json(const SpeakerEntry& entry);
Json to_json(const StreamEntry& entry);
Json to_json(const ParticipantEntry& entry);
Json to_json(const ExtensionEntry& entry);
Json to_json(const EventEntry& entry);
Json to_json(const FileEntry& entry);
Json to_json(const TranscriptionUse& entry);
Json to_json(const TranscriptionIncident& entry);

// With room for that many members: an ordered_json grows by copying every key.
Json object(std::size_t members) {
  Json json = Json::object();
  json.get_ref<Json::object_t&>().reserve(members);
  return json;
}

template <class Entry>
Json to_array(const std::vector<Entry>& entries) {
  Json json = Json::array();
  json.get_ref<Json::array_t&>().reserve(entries.size());
  for (const auto& entry : entries) json.push_back(to_json(entry));
  return json;
}

void put_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void put_time(Json& json, const char* key, const std::optional<WallTime>& time) {
  if (time) json[key] = to_rfc3339(*time);
}

Json to_json(const PayloadEntry& entry) {
  Json json = object(6);
  json["type"] = entry.type;
  json["encoding"] = entry.encoding;
  json["clock_rate"] = entry.clock_rate;
  json["channels"] = entry.channels;
  put_text(json, "fmtp", entry.fmtp);
  return json;
}

Json to_json(const FormerPayloadEntry& entry) {
  Json json = to_json(entry.payload);
  json["until_ms"] = entry.until_ms;
  return json;
}

Json to_json(const DtmfEntry& entry) {
  return {{"digit", entry.digit}, {"at_ms", entry.at_ms}, {"duration_ms", entry.duration_ms}};
}

Json to_json(const SpeakerEntry& entry) {
  Json json = object(3);
  json["participant"] = entry.participant;
  json["from_ms"] = entry.from_ms;
  if (entry.to_ms) json["to_ms"] = *entry.to_ms;
  return json;
}

Json to_json(const StreamEntry& entry) {
  Json json = object(21);
  json["label"] = entry.label;
  json["channel"] = entry.channel;
  put_text(json, "participant", entry.participant);
  json["speakers"] = to_array(entry.speakers);
  json["local_port"] = entry.local_port;
  if (entry.opened_at_ms) json["opened_at_ms"] = *entry.opened_at_ms;
  if (entry.closed_at_ms) json["closed_at_ms"] = *entry.closed_at_ms;
  json["payloads"] = to_array(entry.payloads);
  json["former_payloads"] = to_array(entry.former_payloads);
  put_text(json, "codec", entry.codec);
  json["ssrcs"] = entry.ssrcs;
  json["packets_received"] = entry.packets_received;
  json["packets_lost"] = entry.packets_lost;
  json["packets_duplicate"] = entry.packets_duplicate;
  json["packets_undecoded"] = entry.packets_undecoded;
  json["jitter_ms"] = entry.jitter_ms;
  if (entry.first_packet_offset_ms) json["first_packet_offset_ms"] = *entry.first_packet_offset_ms;
  json["concealed_ms"] = entry.concealed_ms;
  json["dtmf"] = to_array(entry.dtmf);
  return json;
}

Json to_json(const ParticipantEntry& entry) {
  Json json = object(6);
  json["id"] = entry.id;
  put_text(json, "aor", entry.aor);
  put_text(json, "name", entry.name);
  put_text(json, "source", entry.source);
  put_time(json, "joined_at", entry.joined_at);
  put_time(json, "left_at", entry.left_at);
  return json;
}

Json to_json(const ExtensionEntry& entry) {
  Json json = object(3);
  json["name"] = entry.name;
  json["value"] = entry.value;
  put_text(json, "owner", entry.owner);
  return json;
}

Json to_json(const SessionEntry& entry) {
  Json json = object(11);
  put_text(json, "src_address", entry.src_address);
  put_text(json, "transport", entry.transport);
  put_text(json, "user_agent", entry.user_agent);
  put_text(json, "from", entry.from);
  put_text(json, "to", entry.to);
  put_text(json, "traceparent", entry.traceparent);
  put_text(json, "tracestate", entry.tracestate);
  json["communication_sessions"] = entry.communication_sessions;
  json["groups"] = entry.groups;
  json["sip_session_ids"] = entry.sip_session_ids;
  json["extensions"] = to_array(entry.extensions);
  return json;
}

Json to_json(const EventEntry& entry) {
  Json json = object(3);
  json["at_ms"] = entry.at_ms;
  json["event"] = entry.event;
  put_text(json, "detail", entry.detail);
  return json;
}

Json to_json(const FileEntry& entry) {
  Json json = object(4);
  json["name"] = entry.name;
  json["type"] = entry.type;
  json["bytes"] = entry.bytes;
  put_text(json, "sha256", entry.sha256);
  return json;
}

Json to_json(const TranscriptionUse& entry) {
  Json json = object(6);
  json["provider"] = entry.provider;
  put_text(json, "model", entry.model);
  json["requests"] = entry.requests;
  json["audio_ms"] = entry.audio_ms;
  if (entry.currency.empty()) return json;
  json["cost"] = entry.cost;
  json["currency"] = entry.currency;
  return json;
}

Json to_json(const TranscriptionIncident& entry) {
  Json json = object(4);
  json["provider"] = entry.provider;
  json["reason"] = entry.reason;
  json["at"] = to_rfc3339(entry.at);
  json["times"] = entry.times;
  return json;
}

Json to_json(const TranscriptionWait& entry) {
  Json json = object(5);
  json["provider"] = entry.provider;
  json["reason"] = entry.reason;
  put_text(json, "message", entry.message);
  json["next_try_at"] = to_rfc3339(entry.next_try_at);
  json["incidents"] = to_array(entry.incidents);
  return json;
}

Json to_json(const TranscriptionEntry& entry) {
  Json json = object(8);
  json["state"] = entry.state;
  put_text(json, "reason", entry.reason);
  put_text(json, "message", entry.message);
  json["segments"] = entry.segments;
  json["words"] = entry.words;
  json["uses"] = to_array(entry.uses);
  json["incidents"] = to_array(entry.incidents);
  put_time(json, "delivered_at", entry.delivered_at);
  return json;
}

void put_head(Json& json, const Document& document) {
  json["schema"] = kSchema;
  json["recording_id"] = document.recording_id;
  json["call_id"] = document.call_id;
  json["state"] = to_string(document.state);
  if (document.end_reason) json["end_reason"] = to_string(*document.end_reason);
}

void put_times(Json& json, const Document& document) {
  json["started_at"] = to_rfc3339(document.started_at);
  put_time(json, "ended_at", document.ended_at);
  if (!document.ended_at) return;
  json["duration_ms"] =
      std::chrono::duration_cast<milliseconds>(*document.ended_at - document.started_at).count();
}

}  // namespace

std::string to_json(const Document& document) {
  Json json = object(16);
  put_head(json, document);
  put_times(json, document);
  if (document.audio) {
    json["audio"] = {{"sample_rate", document.audio->sample_rate},
                     {"channels", document.audio->channels}};
  }
  json["streams"] = to_array(document.streams);
  json["participants"] = to_array(document.participants);
  json["session"] = to_json(document.session);
  json["events"] = to_array(document.events);
  json["files"] = to_array(document.files);
  if (document.transcription) json["transcription"] = to_json(*document.transcription);
  if (document.transcription_waits)
    json["transcription_waits"] = to_json(*document.transcription_waits);
  if (!document.live_uses.empty()) json["live_uses"] = to_array(document.live_uses);
  json["warnings"] = document.warnings;
  // Labels, names and headers are the network's bytes: what is no UTF-8 becomes U+FFFD here, in
  // one place for all of them.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace srs::recording
