// What stands in the elements of RFC 7865: group, session, participant, stream.
#include "aor.hpp"
#include "metadata_reader.hpp"

#include <srs/util/text.hpp>

#include <utility>

namespace srs::siprec {

// RFC 7865 §6.2
void MetadataReader::read_group(const XmlElement& e) {
  const auto id = attribute(e, {"groupid", "id"});
  claim(id, "group");
  auto* const group = entity(out_.groups, id, "group");
  if (group == nullptr) return;
  read_children(e, "group/", std::string(group->id),
                [&](const XmlElement& c, const std::string& name) {
                  if (name == "associatetime") group->associated = instant(c.text);
                  if (name == "disassociatetime") group->disassociated = instant(c.text);
                  return name.ends_with("associatetime");
                });
}

// RFC 7865 §6.3
void MetadataReader::read_session(const XmlElement& e) {
  const auto id = attribute(e, {"sessionid", "id"});
  claim(id, "session");
  auto* const session = entity(out_.sessions, id, "session");
  if (session == nullptr) return;
  if (session->group_id.empty())
    session->group_id = clip(std::string(attribute(e, {"group", "groupid"})));
  read_children(e, "session/", std::string(session->id),
                [&](const XmlElement& c, const std::string& name) {
                  if (name == "sipsessionid" && session->sip_session_id.empty()) {
                    session->sip_session_id = text_of(c);
                  } else if (name == "groupref") {
                    session->group_id = text_of(c);
                  } else if (name == "reason") {
                    session->reason = text_of(c);
                  } else if (name == "starttime") {
                    session->started = instant(c.text);
                  } else if (name == "stoptime") {
                    session->stopped = instant(c.text);
                  } else if (name == "associatetime") {  // Oracle
                    if (session->started.text.empty()) session->started = instant(c.text);
                  } else {
                    return false;
                  }
                  return true;
                });
}

// RFC 7865 §6.5
void MetadataReader::read_participant(const XmlElement& e) {
  const auto id = attribute(e, {"participantid", "id"});
  claim(id, "participant");
  auto* const participant = entity(out_.participants, id, "participant");
  if (participant == nullptr) return;
  described_.insert(participant->id);
  if (!session_id(e).empty()) read_presence(e, *participant);  // Oracle
  read_children(e, "participant/", std::string(participant->id),
                [&](const XmlElement& c, const std::string& name) {
                  if (name == "nameid") {
                    read_name_id(c, *participant);
                  } else if (name == "aor" || name == "uri") {  // BroadWorks
                    read_address(text_of(c), *participant);
                  } else if (name == "name") {
                    read_name(c, *participant);
                  } else if (name == "send" || name == "recv") {  // Oracle, BroadWorks
                    read_flow(c, *participant);
                  } else {
                    return name.ends_with("associatetime");
                  }
                  return true;
                });
}

void MetadataReader::read_name_id(const XmlElement& e, Participant& participant) {
  const auto* const inner = child(e, "aor");
  const auto* const uri = child(e, "uri");
  read_address(attribute(e, {"aor", "uri"}), participant);
  if (inner != nullptr) read_address(text_of(*inner), participant);
  if (uri != nullptr) read_address(text_of(*uri), participant);
  for (const auto& c : e.children) {
    if (plain_name(c.name) == "name") read_name(c, participant);
  }
}

void MetadataReader::read_address(std::string_view text, Participant& participant) {
  if (trim(text).empty()) return;
  auto address = siprec::read_address(collapse(text));
  if (participant.aor.empty()) {
    participant.aor = clip(std::move(address.aor));
  } else if (participant.aor != address.aor) {
    keep("participant/nameID/@aor", address.aor, participant.id);  // RFC 7865 §6.5.1: a list
  }
  if (!address.display_name.empty() && participant.names.empty()) {
    participant.names.push_back({clip(std::move(address.display_name)), {}});
  }
}

void MetadataReader::read_name(const XmlElement& e, Participant& participant) {
  Name name{text_of(e), clip(std::string(attribute(e, {"lang"})))};
  if (name.text.empty() || participant.names.size() >= limits_.entities) return;
  participant.names.push_back(std::move(name));
}

// RFC 7865 §6.7
void MetadataReader::read_stream(const XmlElement& e) {
  const auto id = attribute(e, {"streamid", "id"});
  claim(id, "stream");
  auto* const stream = entity(out_.streams, id, "stream");
  if (stream == nullptr) return;
  if (const auto session = session_id(e); !session.empty())
    stream->session_id = clip(std::string(session));
  read_children(e, "stream/", std::string(stream->id),
                [&](const XmlElement& c, const std::string& name) {
                  if (name == "label") stream->label = text_of(c);
                  if (name == "mode") stream->mode = to_lower(text_of(c));
                  return name == "label" || name == "mode" || name.ends_with("associatetime");
                });
}

}  // namespace srs::siprec
