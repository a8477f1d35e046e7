#include "metadata_reader.hpp"

#include "excerpt.hpp"

#include <srs/util/text.hpp>

#include <utility>

namespace srs::siprec {
namespace {

constexpr std::size_t kWarnings = 64;

}  // namespace

// Which elements mean something wherever they stand.
MetadataReader::Read MetadataReader::reader_of(const XmlElement& element) {
  static const std::map<std::string, Read, std::less<>> readers = {
      {"datamode", &MetadataReader::read_mode},
      {"session", &MetadataReader::read_session},
      {"group", &MetadataReader::read_group},
      {"participant", &MetadataReader::read_participant},
      {"stream", &MetadataReader::read_stream},
      {"mediastream", &MetadataReader::read_stream},
      {"sessionrecordingassoc", &MetadataReader::read_session_recording},
      {"participantsessionassoc", &MetadataReader::read_participant_session},
      {"participantstreamassoc", &MetadataReader::read_participant_stream},
  };
  const auto found = readers.find(plain_name(element.name));
  return found == readers.end() ? nullptr : found->second;
}

std::string MetadataReader::read(const XmlElement& root) {
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

void MetadataReader::read_mode(const XmlElement& e) {
  const auto text = text_of(e);
  if (iequals(text, "partial")) {
    out_.mode = DataMode::Partial;
  } else if (!iequals(text, "complete")) {
    // RFC 7865 §5.1.2: complete is the default.
    warn("the datamode " + excerpt(text) + " is unknown, read as complete");
  }
}

// An element of RFC 7865's goes to its reader wherever it stands, since ill-formed documents get it
// into odd places (below the root only with an id: vendors use the same words). Of any other the
// text, the attributes and the children are kept.
void MetadataReader::read_other(const XmlElement& e, const std::string& path,
                                const std::string& owner) {
  if (!error_.empty()) return;
  const auto reader = reader_of(e);
  if (reader != nullptr && (path.empty() || has_id(e))) return (this->*reader)(e);
  // A path of long names must not be copied whole for each of thousands of elements.
  const std::string whole = path + (e.prefix.empty() ? "" : e.prefix + ":") + e.name;
  const std::string key(utf8_prefix(whole, limits_.text_bytes));
  keep(key, e.text, owner);
  read_other_attributes(e, key + "/", owner);
  for (const auto& c : e.children) read_other(c, key + "/", owner);
}

void MetadataReader::read_other_attributes(const XmlElement& e, const std::string& path,
                                           const std::string& owner) {
  for (const auto& [name, value] : e.attributes) keep(path + "@" + name, value, owner);
}

void MetadataReader::keep(std::string key, std::string_view text, const std::string& owner) {
  auto value = clip(collapse(text));
  if (value.empty()) return;
  if (out_.extensions.size() < limits_.extensions) {
    out_.extensions.push_back({clip(std::move(key)), std::move(value), owner});
  } else if (!std::exchange(extensions_dropped_, true)) {
    warn("more than " + std::to_string(limits_.extensions) +
         " vendor values; the others were left out");
  }
}

void MetadataReader::look_for_dangling_ids() {
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

// RFC 7865 §6.10: an id stands on one element of a document.
void MetadataReader::claim(std::string_view id, const char* what) {
  if (id.empty()) return warn(std::string("a ") + what + " has no id");
  const auto [found, first] = owners_.try_emplace(std::string(id), what);
  if (first) return;
  warn("the id " + excerpt(id) + " stands on a " + found->second + " and on a " + what);
}

// Its own text and that of markup inside, which was meant as text (`<name>Zoé <Sipp></name>`).
std::string MetadataReader::text_of(const XmlElement& e) {
  std::string text = e.text;
  for (const auto& c : e.children) text += " " + text_of(c);
  return clip(collapse(text));
}

Instant MetadataReader::instant(std::string_view text) {
  Instant result{clip(collapse(text)), std::nullopt};
  result.time = from_rfc3339(result.text);
  if (!result.time && !result.text.empty()) {
    warn("the date " + excerpt(result.text) + " is not as RFC 3339 writes it");
  }
  return result;
}

std::string MetadataReader::clip(std::string text) {
  if (text.size() <= limits_.text_bytes) return text;
  text.resize(utf8_prefix(text, limits_.text_bytes).size());
  if (!std::exchange(clipped_, true)) {
    warn("a text of more than " + std::to_string(limits_.text_bytes) + " bytes was cut");
  }
  return text;
}

void MetadataReader::warn(std::string text) {
  if (out_.warnings.size() < kWarnings) out_.warnings.push_back(std::move(text));
}

}  // namespace srs::siprec
