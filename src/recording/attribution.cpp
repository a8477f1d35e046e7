#include "recording/attribution.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxExtensions = 256;
constexpr std::size_t kMaxSpeakers = 256;  // of one stream

void add_extension(SessionEntry& session, ExtensionEntry entry) {
  auto& known = session.extensions;
  if (known.size() == kMaxExtensions || std::find(known.begin(), known.end(), entry) != known.end())
    return;
  known.push_back(std::move(entry));
}

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (value.empty() || std::find(list.begin(), list.end(), value) != list.end()) return;
  if (list.size() < kMaxExtensions) list.push_back(value);
}

ParticipantEntry entry_of(const siprec::Participant& participant) {
  ParticipantEntry entry;
  entry.id = participant.id;
  entry.aor = participant.aor;
  entry.name = participant.names.empty() ? std::string{} : participant.names.front().text;
  entry.source = "metadata";
  if (!participant.presence.empty()) {
    entry.joined_at = participant.presence.front().joined.time;
    entry.left_at = participant.presence.back().left.time;
  }
  return entry;
}

// Whoever was named before another one keeps what was said until then.
void speaks(StreamEntry& stream, const std::string& id, std::int64_t at_ms) {
  const auto before = std::exchange(stream.participant, id);
  auto& speakers = stream.speakers;
  if (before.empty() || before == id || speakers.size() == kMaxSpeakers) return;
  if (speakers.empty()) speakers.push_back({before, stream.opened_at_ms.value_or(0)});
  speakers.back().to_ms = at_ms;
  speakers.push_back({id, at_ms});
}

bool speaks_somewhere(const Document& document, const std::string& id) {
  return std::any_of(
      document.streams.begin(), document.streams.end(), [&](const StreamEntry& stream) {
        return stream.participant == id ||
               std::any_of(stream.speakers.begin(), stream.speakers.end(),
                           [&](const SpeakerEntry& each) { return each.participant == id; });
      });
}

// A complete document leaves out who has left (RFC 7865 §5.1); what they said stays theirs.
void keep_who_spoke(Document& document, std::vector<ParticipantEntry> before) {
  for (auto& entry : before) {
    const auto& now = document.participants;
    const bool there = std::any_of(
        now.begin(), now.end(), [&](const ParticipantEntry& each) { return each.id == entry.id; });
    if (!there && speaks_somewhere(document, entry.id))
      document.participants.push_back(std::move(entry));
  }
}

// `<sip:bob@example.com;x-nearend;x-refci=1>`: the parameter is there, whatever its value.
bool has_parameter(const std::string& uri, std::string_view name) {
  const auto parts = split(uri, ';');
  return std::any_of(parts.begin() + 1, parts.end(), [&](std::string_view part) {
    return iequals(part.substr(0, part.find_first_of("=>")), name);
  });
}

}  // namespace

void attribute(Document& document, const siprec::Metadata& metadata, std::int64_t at_ms) {
  auto before = std::exchange(document.participants, {});
  for (const auto& participant : metadata.participants) {
    document.participants.push_back(entry_of(participant));
  }
  for (auto& stream : document.streams) {
    // A label means what its message says (RFC 7866 §7.1.1): who spoke on a line that has closed
    // stays who that was, whatever the label is given to later.
    if (stream.closed_at_ms && !stream.participant.empty()) continue;
    if (const auto* sender = metadata.sender_of_label(stream.label))
      speaks(stream, sender->id, at_ms);
  }
  keep_who_spoke(document, std::move(before));
  for (const auto& session : metadata.sessions) {
    add_once(document.session.communication_sessions, session.id);
    add_once(document.session.sip_session_ids, session.sip_session_id);
    add_once(document.session.groups, session.group_id);
  }
  for (const auto& group : metadata.groups) add_once(document.session.groups, group.id);
  for (const auto& extension : metadata.extensions) {
    add_extension(document.session, {extension.key, extension.value, extension.owner});
  }
}

void warn_of_unnamed_streams(Document& document, const siprec::Metadata& metadata) {
  if (metadata.participants.empty()) return;
  for (const auto& stream : document.streams) {
    const bool unused = stream.closed_at_ms && stream.packets_received == 0;
    if (unused || !stream.participant.empty()) continue;
    if (metadata.stream_of_label(stream.label) != nullptr) continue;
    document.warn(stream.label.empty()
                      ? "a stream of the offer has no a=label, by which the metadata names "
                        "who speaks (RFC 7866 §7.1.1)"
                      : "the metadata names no stream with label \"" + stream.label + "\"");
  }
}

void warn_of_unknown_speakers(Document& document, const siprec::Metadata& metadata) {
  for (const auto& stream : document.streams) {
    const bool heard = stream.packets_received > 0;
    if (!heard || !stream.participant.empty()) continue;
    if (metadata.stream_of_label(stream.label) == nullptr) continue;  // told already
    if (!metadata.senders_of_label(stream.label).empty()) continue;   // a mixed stream
    document.warn("the metadata does not say who speaks on the stream with label \"" +
                  stream.label + "\": no participantstreamassoc has a send element with its id");
  }
}

void attribute_from_sip(Document& document, const sip::Request& invite) {
  const auto add = [&](std::string id, const sip::Address& address) {
    if (address.uri.empty()) return;
    ParticipantEntry entry;
    entry.id = std::move(id);
    entry.aor = address.uri;
    entry.name = address.display;
    entry.source = "sip";
    document.participants.push_back(std::move(entry));
  };
  add("from", invite.from);
  // A recorder's own address of record is no party of the call.
  if (invite.to.uri != invite.from.uri && invite.to.uri != invite.uri) add("to", invite.to);
  if (is_forked_side(invite)) attribute_side(document);
}

void attribute_side(Document& document) {
  if (document.streams.size() != 1 || !document.streams.front().participant.empty()) return;
  document.streams.front().participant = "from";
}

bool is_forked_side(const sip::Request& invite) {
  return has_parameter(invite.from.uri, "x-nearend") || has_parameter(invite.from.uri, "x-farend");
}

SessionEntry session_entry(const sip::Request& invite) {
  SessionEntry entry;
  entry.src_address = invite.source;
  entry.transport = invite.transport;
  entry.user_agent = invite.user_agent;
  entry.from = invite.from.uri;
  entry.to = invite.to.uri;
  for (const auto& [name, value] : invite.headers) add_extension(entry, {"sip:" + name, value, {}});
  return entry;
}

}  // namespace srs::recording
