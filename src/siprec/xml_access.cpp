#include "xml_access.hpp"

#include "vocabulary.hpp"

#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::siprec {

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

std::string_view session_id(const XmlElement& e) {
  return attribute(e, {"sessionid", "session"});
}

std::string_view participant_id(const XmlElement& e) {
  return attribute(e, {"participantid", "participant"});
}

bool has_id(const XmlElement& e) {
  return !attribute(e, {"id", "sessionid", "groupid", "participantid", "streamid"}).empty();
}

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

}  // namespace srs::siprec
