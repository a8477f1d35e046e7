// metadata.json, read (docs/recording-format.md).
#include "recording/files/document_schema.hpp"
#include "recording/files/json_reader.hpp"

#include <srs/recording/document.hpp>
#include <srs/storage/files.hpp>

namespace srs::recording {
namespace {

constexpr std::uint64_t kMaxDocumentBytes = 16 << 20;

PayloadEntry payload(const ObjectReader& json) {
  PayloadEntry entry;
  json.read("type", entry.type);
  json.read("encoding", entry.encoding);
  json.read("clock_rate", entry.clock_rate);
  json.read("channels", entry.channels);
  json.read("fmtp", entry.fmtp);
  return entry;
}

FormerPayloadEntry former_payload(const ObjectReader& json) {
  FormerPayloadEntry entry{payload(json), 0};
  json.read("until_ms", entry.until_ms);
  return entry;
}

DtmfEntry dtmf(const ObjectReader& json) {
  DtmfEntry entry;
  json.read("digit", entry.digit);
  json.read("at_ms", entry.at_ms);
  json.read("duration_ms", entry.duration_ms);
  return entry;
}

SpeakerEntry speaker(const ObjectReader& json) {
  SpeakerEntry entry;
  json.read("participant", entry.participant);
  json.read("from_ms", entry.from_ms);
  json.read("to_ms", entry.to_ms);
  return entry;
}

StreamEntry stream(const ObjectReader& json) {
  StreamEntry entry;
  json.read("label", entry.label);
  json.read("channel", entry.channel);
  json.read("participant", entry.participant);
  json.read("speakers", entry.speakers, speaker);
  json.read("local_port", entry.local_port);
  json.read("opened_at_ms", entry.opened_at_ms);
  json.read("closed_at_ms", entry.closed_at_ms);
  json.read("payloads", entry.payloads, payload);
  json.read("former_payloads", entry.former_payloads, former_payload);
  json.read("codec", entry.codec);
  json.read("ssrcs", entry.ssrcs);
  json.read("packets_received", entry.packets_received);
  json.read("packets_lost", entry.packets_lost);
  json.read("packets_duplicate", entry.packets_duplicate);
  json.read("packets_undecoded", entry.packets_undecoded);
  json.read("jitter_ms", entry.jitter_ms);
  json.read("first_packet_offset_ms", entry.first_packet_offset_ms);
  json.read("concealed_ms", entry.concealed_ms);
  json.read("dtmf", entry.dtmf, dtmf);
  return entry;
}

ParticipantEntry participant(const ObjectReader& json) {
  ParticipantEntry entry;
  json.read("id", entry.id);
  json.read("aor", entry.aor);
  json.read("name", entry.name);
  json.read("source", entry.source);
  json.read("joined_at", entry.joined_at);
  json.read("left_at", entry.left_at);
  return entry;
}

ExtensionEntry extension(const ObjectReader& json) {
  ExtensionEntry entry;
  json.read("name", entry.name);
  json.read("value", entry.value);
  json.read("owner", entry.owner);
  return entry;
}

SessionEntry session(const ObjectReader& json) {
  SessionEntry entry;
  json.read("src_address", entry.src_address);
  json.read("transport", entry.transport);
  json.read("user_agent", entry.user_agent);
  json.read("from", entry.from);
  json.read("to", entry.to);
  json.read("traceparent", entry.traceparent);
  json.read("tracestate", entry.tracestate);
  json.read("communication_sessions", entry.communication_sessions);
  json.read("groups", entry.groups);
  json.read("sip_session_ids", entry.sip_session_ids);
  json.read("extensions", entry.extensions, extension);
  return entry;
}

EventEntry event(const ObjectReader& json) {
  EventEntry entry;
  json.read("at_ms", entry.at_ms);
  json.read("event", entry.event);
  json.read("detail", entry.detail);
  return entry;
}

FileEntry file(const ObjectReader& json) {
  FileEntry entry;
  json.read("name", entry.name);
  json.read("type", entry.type);
  json.read("bytes", entry.bytes);
  json.read("sha256", entry.sha256);
  return entry;
}

TranscriptionUse use(const ObjectReader& json) {
  TranscriptionUse entry;
  json.read("provider", entry.provider);
  json.read("model", entry.model);
  json.read("requests", entry.requests);
  json.read("audio_ms", entry.audio_ms);
  json.read("cost", entry.cost);
  json.read("currency", entry.currency);
  return entry;
}

TranscriptionIncident incident(const ObjectReader& json) {
  TranscriptionIncident entry;
  json.read("provider", entry.provider);
  json.read("reason", entry.reason);
  json.read("at", entry.at);
  json.read("times", entry.times);
  return entry;
}

TranscriptionWait wait(const ObjectReader& json) {
  TranscriptionWait entry;
  json.read("provider", entry.provider);
  json.read("reason", entry.reason);
  json.read("message", entry.message);
  json.read("next_try_at", entry.next_try_at);
  json.read("incidents", entry.incidents, incident);
  return entry;
}

TranscriptionEntry transcription(const ObjectReader& json) {
  TranscriptionEntry entry;
  json.read("state", entry.state);
  json.read("reason", entry.reason);
  json.read("message", entry.message);
  json.read("segments", entry.segments);
  json.read("words", entry.words);
  json.read("uses", entry.uses, use);
  json.read("incidents", entry.incidents, incident);
  json.read("delivered_at", entry.delivered_at);
  return entry;
}

State state(const ObjectReader& json) {
  std::string text;
  json.read("state", text);
  for (const auto known : {State::Recording, State::Rendering, State::Complete, State::Failed}) {
    if (to_string(known) == text) return known;
  }
  json.wrong("one of recording, rendering, complete, failed", "state");
}

std::optional<EndReason> reason(const ObjectReader& json) {
  std::string text;
  json.read("end_reason", text);
  if (text.empty()) return std::nullopt;
  const auto known = end_reason(text);
  if (!known) json.wrong("a reason that docs/recording-format.md lists", "end_reason");
  return known;
}

void check_schema(const ObjectReader& json) {
  std::string schema;
  json.read("schema", schema);
  if (schema != kSchema) json.wrong(std::string(kSchema) + " but \"" + schema + "\"", "schema");
}

Document read_document(const ObjectReader& json) {
  check_schema(json);
  Document document;
  json.read("recording_id", document.recording_id);
  json.read("call_id", document.call_id);
  document.state = state(json);
  document.end_reason = reason(json);
  json.read("started_at", document.started_at);
  json.read("ended_at", document.ended_at);
  if (const auto format = json.object("audio")) {
    document.audio.emplace();
    format->read("sample_rate", document.audio->sample_rate);
    format->read("channels", document.audio->channels);
  }
  json.read("streams", document.streams, stream);
  json.read("participants", document.participants, participant);
  if (const auto object = json.object("session")) document.session = session(*object);
  json.read("events", document.events, event);
  json.read("files", document.files, file);
  if (const auto object = json.object("transcription")) {
    document.transcription = transcription(*object);
  }
  if (const auto object = json.object("transcription_waits")) {
    document.transcription_waits = wait(*object);
  }
  json.read("live_uses", document.live_uses, use);
  json.read("warnings", document.warnings);
  return document;
}

}  // namespace

Result<Document> from_json(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    return read_document(ObjectReader(json, {}));
  } catch (const WrongType& wrong) {
    return Error{std::string(kMetadataFile) + ": " + wrong.what()};
  } catch (const nlohmann::json::parse_error& error) {
    return Error{std::string(kMetadataFile) + " is no JSON: " + error.what()};
  }
}

Result<Document> load_document(const std::filesystem::path& directory) {
  const auto text = storage::read_file(directory / kMetadataFile, kMaxDocumentBytes);
  return text ? from_json(*text) : Result<Document>(text.error());
}

}  // namespace srs::recording
