// Finding things in an XmlElement, whatever spelling and namespace they have.
#pragma once

#include "xml_tree.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace srs::siprec {

// The first attribute that has one of these plain_name()s, trimmed; empty: none.
std::string_view attribute(const XmlElement& element,
                           std::initializer_list<std::string_view> names);

// The first child with this plain_name(), nullptr: none.
const XmlElement* child(const XmlElement& element, std::string_view name);

// The ids that associations name: RFC 7865's attributes, and Oracle's `session`.
std::string_view session_id(const XmlElement& element);
std::string_view participant_id(const XmlElement& element);

// Whether it has an id of its own or names one.
bool has_id(const XmlElement& element);

// With single spaces for line ends and runs of white space.
std::string collapse(std::string_view text);

}  // namespace srs::siprec
