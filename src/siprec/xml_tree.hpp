// An XML document as a small tree, built under limits while it is read.
#pragma once

#include <srs/siprec/metadata.hpp>
#include <srs/util/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::siprec {

struct XmlElement {
  std::string prefix;                                           // as written, may be empty
  std::string name;                                             // the local name
  std::vector<std::pair<std::string, std::string>> attributes;  // local name, value
  std::string text;  // its own, without that of its children
  std::vector<XmlElement> children;
};

struct XmlDocument {
  std::optional<XmlElement> root;  // none where the text holds no element
  bool well_formed = true;
  std::string first_error;  // `line 7: ...`, empty: none
};

// Reads UTF-8 that came out of repair_xml(). What is still not well-formed is read as far as
// libxml2's recovery goes. No entity but the five of XML itself is known, no DTD is loaded, nothing
// is fetched. Errors: a limit passed.
Result<XmlDocument> read_xml(const std::string& utf8, const MetadataLimits& limits);

}  // namespace srs::siprec
