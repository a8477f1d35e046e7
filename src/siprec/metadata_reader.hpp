// From the XML tree to RFC 7865's classes, through every dialect that has been seen.
#pragma once

#include "vocabulary.hpp"
#include "xml_access.hpp"
#include "xml_tree.hpp"

#include <srs/siprec/metadata.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace srs::siprec {

// Reads one tree. Of one use.
class MetadataReader {
 public:
  MetadataReader(const MetadataLimits& limits, Metadata& out) : limits_(limits), out_(out) {}

  // Adds to `out` what the tree says. Returns the error's text where a limit was passed, else
  // empty.
  std::string read(const XmlElement& root);

 private:
  using Read = void (MetadataReader::*)(const XmlElement&);
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

// Gives each child to `known(child, plain name)`. Those that it does not want come afterwards,
// since what stands in them may add entities, which moves those that `known` writes to.
template <class Known>
void MetadataReader::read_children(const XmlElement& e, const std::string& path,
                                   const std::string& owner, Known known) {
  std::vector<const XmlElement*> others;
  for (const auto& c : e.children) {
    if (!known(c, plain_name(c.name))) others.push_back(&c);
  }
  for (const auto* c : others) read_other(*c, path, owner);
}

// The entity with this id, new where there is none; nullptr and an error when there are too many.
template <class Entity>
Entity* MetadataReader::entity(std::vector<Entity>& list, std::string_view whole_id,
                               const char* what) {
  const std::string id = clip(std::string(whole_id));
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Entity& e) { return !id.empty() && e.id == id; });
  if (found != list.end()) return &*found;
  if (list.size() >= limits_.entities) {
    error_ = "the metadata has more than " + std::to_string(limits_.entities) + " " + what + "s";
    return nullptr;
  }
  list.emplace_back();
  list.back().id = id;
  return &list.back();
}

}  // namespace srs::siprec
