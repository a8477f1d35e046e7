#include "app/siprec_call/metadata.hpp"

#include "app/siprec_call/ids.hpp"

#include <srs/siprec/metadata.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace srs::call {
namespace {

constexpr std::size_t kLargest = 1 << 20;  // bytes of a document

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : to_utf8(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string element(const std::string& name, std::string_view text) {
  return "<" + name + ">" + escape(text) + "</" + name + ">";
}

std::string times(const CommunicationSession& session, std::optional<WallTime> stopped) {
  auto text = element("associate-time", to_rfc3339(session.started));
  if (stopped) text += element("disassociate-time", to_rfc3339(*stopped));
  return text;
}

std::string write_session(const CommunicationSession& session, std::optional<WallTime> stopped) {
  auto text = "<session session_id=\"" + session.id + "\">" +
              element("sipSessionID", session.sip_session_id) +
              element("start-time", to_rfc3339(session.started));
  if (stopped) text += element("stop-time", to_rfc3339(*stopped));
  return text + "</session>\n";
}

std::string write_participant(const CommunicationSession::Participant& participant) {
  auto text = "<participant participant_id=\"" + participant.id + "\"><nameID aor=\"" +
              escape(participant.person.aor) + "\">";
  if (!participant.person.name.empty()) text += element("name", participant.person.name);
  return text + "</nameID></participant>\n";
}

std::string write_presence(const CommunicationSession& session, const std::string& participant,
                           std::optional<WallTime> stopped) {
  return "<participantsessionassoc participant_id=\"" + participant + "\" session_id=\"" +
         session.id + "\">" + times(session, stopped) + "</participantsessionassoc>\n";
}

std::string write_streams_of(const CommunicationSession& session, std::size_t participant) {
  const bool mixed = session.streams.size() == 1;
  std::string sends;
  std::string receives;
  for (std::size_t i = 0; i < session.streams.size(); ++i) {
    const bool speaks = mixed || i == participant;
    (speaks ? sends : receives) += element(speaks ? "send" : "recv", session.streams[i].id);
  }
  return "<participantstreamassoc participant_id=\"" + session.participants[participant].id +
         "\">" + sends + receives + "</participantstreamassoc>\n";
}

}  // namespace

CommunicationSession make_session(const Person& from, const Person& to,
                                  const std::vector<std::string>& labels, WallTime started) {
  CommunicationSession session;
  session.id = random_uuid64();
  session.sip_session_id = random_hex(32) + ";remote=" + random_hex(32);
  session.started = started;
  session.participants = {{random_uuid64(), from}, {random_uuid64(), to}};
  for (std::size_t i = 2; i < labels.size(); ++i) {
    const auto number = std::to_string(i + 1);
    session.participants.push_back(
        {random_uuid64(), {"Participant " + number, "sip:participant" + number + "@example.com"}});
  }
  for (const auto& label : labels) session.streams.push_back({random_uuid64(), label});
  return session;
}

std::string write_metadata(const CommunicationSession& session, std::optional<WallTime> stopped) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<recording xmlns=\"urn:ietf:params:xml:ns:recording:1\">\n"
      "<datamode>complete</datamode>\n";
  text += write_session(session, stopped);
  for (const auto& participant : session.participants) text += write_participant(participant);
  for (const auto& stream : session.streams) {
    text += "<stream stream_id=\"" + stream.id + "\" session_id=\"" + session.id + "\">" +
            element("label", stream.label) + "</stream>\n";
  }
  text += "<sessionrecordingassoc session_id=\"" + session.id + "\">" + times(session, stopped) +
          "</sessionrecordingassoc>\n";
  for (const auto& participant : session.participants) {
    text += write_presence(session, participant.id, stopped);
  }
  for (std::size_t i = 0; i < session.participants.size(); ++i) {
    text += write_streams_of(session, i);
  }
  return text + "</recording>\n";
}

Result<OwnMetadata> read_metadata(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  OwnMetadata metadata;
  metadata.text.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  if (!stream || metadata.text.empty()) {
    return Error{"metadata file " + file.string() + ": can't be read or is empty"};
  }
  if (metadata.text.size() > kLargest) {
    return Error{"metadata file " + file.string() + ": is larger than a megabyte"};
  }
  if (const auto parsed = siprec::parse_metadata(metadata.text)) {
    for (const auto& each : parsed->streams) {
      if (!each.label.empty()) metadata.labels.push_back(each.label);
    }
  }
  return metadata;
}

}  // namespace srs::call
