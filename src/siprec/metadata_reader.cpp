#include "metadata_reader.hpp"

#include "aor.hpp"
#include "excerpt.hpp"
#include "vocabulary.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace srs::siprec {
namespace {

constexpr std::size_t kWarnings = 64;

// The first attribute that has one of these plain_name()s.
std::string_view attribute(const XmlElement& element,
                           std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    for (const auto& [key, value] : element.attributes) {
      if (plain_name(key) == name) return trim(value);
    }
  }
  return {};
}

const XmlElement* child(const XmlElement& element, std::string_view name) {
  const auto found = std::find_if(element.children.begin(), element.children.end(),
                                  [&](const XmlElement& c) { return plain_name(c.name) == name; });
  return found == element.children.end() ? nullptr : &*found;
}

// With single spaces for line ends and runs of white space.
std::string collapse(std::string_view text) {
  std::string result;
  bool gap = false;
  for (const char c : trim(text)) {
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!space && gap) result += ' ';
    if (!space) result += c;
    gap = space;
  }
  return result;
}

bool add_once(std::vector<std::string>& list, std::string value, std::size_t most) {
  if (value.empty() || list.size() >= most) return false;
  if (std::find(list.begin(), list.end(), value) != list.end()) return false;
  list.push_back(std::move(value));
  return true;
}

// Ids stand in attributes of several names: RFC 7865's, Oracle's `id` and `session`.
std::string_view session_id(const XmlElement& e) {
  return attribute(e, {"sessionid", "session"});
}
std::string_view participant_id(const XmlElement& e) {
  return attribute(e, {"participantid", "participant"});
}

class Reader {
 public:
  Reader(const MetadataLimits& limits, Metadata& out) : limits_(limits), out_(out) {}

  std::string read(const XmlElement& root);

 private:
  using Read = void (Reader::*)(const XmlElement&);
  static Read reader_of(const XmlElement& element);
  void read_mode(const XmlElement& e);
  void read_session(const XmlElement& e);
  void read_group(const XmlElement& e);
  void read_participant(const XmlElement& e);
  void read_name_id(const XmlElement& e, Participant& participant);
  void read_name(const XmlElement& e, Participant& participant);
  void read_address(std::string_view text, Participant& participant);
  void read_stream(const XmlElement& e);
  void read_session_recording(const XmlElement& e);
  void read_participant_session(const XmlElement& e);
  void read_participant_stream(const XmlElement& e);
  void read_presence(const XmlElement& e, Participant& participant);
  void read_flow(const XmlElement& e, Participant& participant);
  template <class Known>
  void read_children(const XmlElement& e, const std::string& path, const std::string& owner,
                     Known known);
  void read_other(const XmlElement& e, const std::string& path, const std::string& owner);
  void read_other_attributes(const XmlElement& e, const std::string& path,
                             const std::string& owner);
  void keep(std::string key, std::string_view text, const std::string& owner);
  void look_for_dangling_ids();

  template <class Entity>
  Entity* entity(std::vector<Entity>& list, std::string_view id, const char* what);
  void claim(std::string_view id, const char* what);
  std::string text_of(const XmlElement& e);
  std::string clip(std::string text);
  Instant instant(std::string_view text);
  void warn(std::string text);

  const MetadataLimits& limits_;
  Metadata& out_;
  std::string error_;
  std::map<std::string, const char*, std::less<>> owners_;  // which element has taken an id
  std::set<std::string, std::less<>> described_;            // participants with an element
  bool clipped_ = false;
  bool extensions_dropped_ = false;
};

void Reader::warn(std::string text) {
  if (out_.warnings.size() < kWarnings) out_.warnings.push_back(std::move(text));
}

std::string Reader::clip(std::string text) {
  if (text.size() <= limits_.text_bytes) return text;
  text.resize(utf8_prefix(text, limits_.text_bytes).size());
  if (!std::exchange(clipped_, true)) {
    warn("a text of more than " + std::to_string(limits_.text_bytes) + " bytes was cut");
  }
  return text;
}

// Its own text and that of markup inside, which was meant as text (`<name>Zoé <Sipp></name>`).
std::string Reader::text_of(const XmlElement& e) {
  std::string text = e.text;
  for (const auto& c : e.children) text += " " + text_of(c);
  return clip(collapse(text));
}

Instant Reader::instant(std::string_view text) {
  Instant result{clip(collapse(text)), std::nullopt};
  result.time = from_rfc3339(result.text);
  if (!result.time && !result.text.empty()) {
    warn("the date " + excerpt(result.text) + " is not as RFC 3339 writes it");
  }
  return result;
}

// RFC 7865 §6.10: an id stands on one element of a document.
void Reader::claim(std::string_view id, const char* what) {
  if (id.empty()) return warn(std::string("a ") + what + " has no id");
  const auto [found, first] = owners_.try_emplace(std::string(id), what);
  if (first) return;
  warn("the id " + excerpt(id) + " stands on a " + found->second + " and on a " + what);
}

// The entity with this id, new where there is none; nullptr and an error when there are too many.
template <class Entity>
Entity* Reader::entity(std::vector<Entity>& list, std::string_view id, const char* what) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Entity& e) { return !id.empty() && e.id == id; });
  if (found != list.end()) return &*found;
  if (list.size() >= limits_.entities) {
    error_ = "the metadata has more than " + std::to_string(limits_.entities) + " " + what + "s";
    return nullptr;
  }
  list.emplace_back();
  list.back().id = clip(std::string(id));
  return &list.back();
}

// Which elements mean something wherever they stand.
Reader::Read Reader::reader_of(const XmlElement& element) {
  static const std::map<std::string, Read, std::less<>> readers = {
      {"datamode", &Reader::read_mode},
      {"session", &Reader::read_session},
      {"group", &Reader::read_group},
      {"participant", &Reader::read_participant},
      {"stream", &Reader::read_stream},
      {"mediastream", &Reader::read_stream},
      {"sessionrecordingassoc", &Reader::read_session_recording},
      {"participantsessionassoc", &Reader::read_participant_session},
      {"participantstreamassoc", &Reader::read_participant_stream},
  };
  const auto found = readers.find(plain_name(element.name));
  return found == readers.end() ? nullptr : found->second;
}

std::string Reader::read(const XmlElement& root) {
  const auto name = plain_name(root.name);
  if (name != "recording" && name != "recordingmetadata") {
    warn("the root element is " + excerpt(root.name) + ", not recording (RFC 7865 §5.1.2)");
  }
  read_other_attributes(root, "", "");
  for (const auto& c : root.children) read_other(c, "", "");
  if (error_.empty() && out_.participants.empty() && out_.streams.empty()) {
    warn("the metadata names neither participant nor stream");
  }
  // A partial update may refer to what earlier documents said.
  if (out_.mode == DataMode::Complete) look_for_dangling_ids();
  return error_;
}

void Reader::read_mode(const XmlElement& e) {
  const auto text = text_of(e);
  if (iequals(text, "partial")) {
    out_.mode = DataMode::Partial;
  } else if (!iequals(text, "complete")) {
    // RFC 7865 §5.1.2: complete is the default.
    warn("the datamode " + excerpt(text) + " is unknown, read as complete");
  }
}

// Gives each child to `known(child, plain name)`. Those that it does not want come afterwards,
// since what stands in them may add entities, which moves those that `known` writes to.
template <class Known>
void Reader::read_children(const XmlElement& e, const std::string& path, const std::string& owner,
                           Known known) {
  std::vector<const XmlElement*> others;
  for (const auto& c : e.children) {
    if (!known(c, plain_name(c.name))) others.push_back(&c);
  }
  for (const auto* c : others) read_other(*c, path, owner);
}

// RFC 7865 §6.3
void Reader::read_session(const XmlElement& e) {
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

// RFC 7865 §6.2
void Reader::read_group(const XmlElement& e) {
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

// RFC 7865 §6.5
void Reader::read_participant(const XmlElement& e) {
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

void Reader::read_name_id(const XmlElement& e, Participant& participant) {
  const auto* const inner = child(e, "aor");
  const auto* const uri = child(e, "uri");
  read_address(attribute(e, {"aor", "uri"}), participant);
  if (inner != nullptr) read_address(text_of(*inner), participant);
  if (uri != nullptr) read_address(text_of(*uri), participant);
  for (const auto& c : e.children) {
    if (plain_name(c.name) == "name") read_name(c, participant);
  }
}

void Reader::read_address(std::string_view text, Participant& participant) {
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

void Reader::read_name(const XmlElement& e, Participant& participant) {
  Name name{text_of(e), clip(std::string(attribute(e, {"lang"})))};
  if (name.text.empty() || participant.names.size() >= limits_.entities) return;
  participant.names.push_back(std::move(name));
}

// <send> or <recv>: a stream's id as text, or in an <id> inside (BroadWorks).
void Reader::read_flow(const XmlElement& e, Participant& participant) {
  const auto name = plain_name(e.name);
  auto& list = name == "send" ? participant.sends : participant.receives;
  add_once(list, text_of(e), limits_.entities);
}

// RFC 7865 §6.7
void Reader::read_stream(const XmlElement& e) {
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

// RFC 7865 §6.4: the start of the session where it names none itself.
void Reader::read_session_recording(const XmlElement& e) {
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
void Reader::read_participant_session(const XmlElement& e) {
  const auto id = participant_id(e);
  auto* const participant = id.empty() ? nullptr : entity(out_.participants, id, "participant");
  if (participant == nullptr) return;
  read_presence(e, *participant);
  read_children(
      e, "participantsessionassoc/", std::string(id),
      [](const XmlElement&, const std::string& name) { return name.ends_with("associatetime"); });
}

void Reader::read_presence(const XmlElement& e, Participant& participant) {
  Participant::Presence presence;
  presence.session_id = clip(std::string(session_id(e)));
  if (const auto* joined = child(e, "associatetime")) presence.joined = instant(joined->text);
  if (const auto* left = child(e, "disassociatetime")) presence.left = instant(left->text);
  if (participant.presence.size() < limits_.entities) {
    participant.presence.push_back(std::move(presence));
  }
}

// RFC 7865 §6.8. Empty ones are sent on hold (Cisco CUBE): they say nothing.
void Reader::read_participant_stream(const XmlElement& e) {
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

bool has_id(const XmlElement& e) {
  return !attribute(e, {"id", "sessionid", "groupid", "participantid", "streamid"}).empty();
}

// An element of RFC 7865's goes to its reader wherever it stands, since ill-formed documents get it
// into odd places (below the root only with an id: vendors use the same words). Of any other the
// text, the attributes and the children are kept.
void Reader::read_other(const XmlElement& e, const std::string& path, const std::string& owner) {
  if (!error_.empty()) return;
  const auto reader = reader_of(e);
  if (reader != nullptr && (path.empty() || has_id(e))) return (this->*reader)(e);
  const std::string key = path + (e.prefix.empty() ? "" : e.prefix + ":") + e.name;
  keep(key, e.text, owner);
  read_other_attributes(e, key + "/", owner);
  for (const auto& c : e.children) read_other(c, key + "/", owner);
}

void Reader::read_other_attributes(const XmlElement& e, const std::string& path,
                                   const std::string& owner) {
  for (const auto& [name, value] : e.attributes) keep(path + "@" + name, value, owner);
}

void Reader::keep(std::string key, std::string_view text, const std::string& owner) {
  auto value = clip(collapse(text));
  if (value.empty()) return;
  if (out_.extensions.size() < limits_.extensions) {
    out_.extensions.push_back({clip(std::move(key)), std::move(value), owner});
  } else if (!std::exchange(extensions_dropped_, true)) {
    warn("more than " + std::to_string(limits_.extensions) +
         " vendor values; the others were left out");
  }
}

void Reader::look_for_dangling_ids() {
  std::set<std::string_view> streams;
  for (const auto& s : out_.streams) streams.insert(s.id);
  for (const auto& p : out_.participants) {
    if (described_.find(p.id) == described_.end()) {
      warn("an association names the participant " + excerpt(p.id) + ", who is not described");
    }
    for (const auto& id : p.sends) {
      if (streams.find(id) == streams.end()) {
        warn("a participant sends the stream " + excerpt(id) + ", which is not described");
      }
    }
  }
}

}  // namespace

std::string read_metadata(const XmlElement& root, const MetadataLimits& limits, Metadata& out) {
  return Reader(limits, out).read(root);
}

}  // namespace srs::siprec
