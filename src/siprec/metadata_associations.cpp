// Who was in which session and when, who sends and receives which stream.
#include "metadata_reader.hpp"

#include <utility>

namespace srs::siprec {
namespace {

bool add_once(std::vector<std::string>& list, std::string value, std::size_t most) {
  if (value.empty() || list.size() >= most) return false;
  if (std::find(list.begin(), list.end(), value) != list.end()) return false;
  list.push_back(std::move(value));
  return true;
}

}  // namespace

// RFC 7865 §6.4: the start of the session where it names none itself.
void MetadataReader::read_session_recording(const XmlElement& e) {
  const auto id = session_id(e);
  auto* const session = id.empty() ? nullptr : entity(out_.sessions, id, "session");
  if (session == nullptr) return;
  read_children(e, "sessionrecordingassoc/", std::string(id),
                [&](const XmlElement& c, const std::string& name) {
                  const bool start = name == "associatetime";
                  if (!start && name != "disassociatetime") return false;
                  auto& field = start ? session->started : session->stopped;
                  if (field.text.empty()) field = instant(c.text);
                  return true;
                });
}

// RFC 7865 §6.6
void MetadataReader::read_participant_session(const XmlElement& e) {
  const auto id = participant_id(e);
  auto* const participant = id.empty() ? nullptr : entity(out_.participants, id, "participant");
  if (participant == nullptr) return;
  read_presence(e, *participant);
  read_children(
      e, "participantsessionassoc/", std::string(id),
      [](const XmlElement&, const std::string& name) { return name.ends_with("associatetime"); });
}

void MetadataReader::read_presence(const XmlElement& e, Participant& participant) {
  Participant::Presence presence;
  presence.session_id = clip(std::string(session_id(e)));
  if (const auto* joined = child(e, "associatetime")) presence.joined = instant(joined->text);
  if (const auto* left = child(e, "disassociatetime")) presence.left = instant(left->text);
  if (participant.presence.size() < limits_.entities) {
    participant.presence.push_back(std::move(presence));
  }
}

// RFC 7865 §6.8. Empty ones are sent on hold (Cisco CUBE): they say nothing.
void MetadataReader::read_participant_stream(const XmlElement& e) {
  const auto id = participant_id(e);
  auto* const participant = id.empty() ? nullptr : entity(out_.participants, id, "participant");
  if (participant == nullptr) return;
  read_children(e, "participantstreamassoc/", std::string(id),
                [&](const XmlElement& c, const std::string& name) {
                  const bool flow = name == "send" || name == "recv";
                  if (flow) read_flow(c, *participant);
                  return flow || name.ends_with("associatetime");
                });
}

// <send> or <recv>: a stream's id as text, or in an <id> inside (BroadWorks).
void MetadataReader::read_flow(const XmlElement& e, Participant& participant) {
  const auto name = plain_name(e.name);
  auto& list = name == "send" ? participant.sends : participant.receives;
  add_once(list, text_of(e), limits_.entities);
}

}  // namespace srs::siprec
