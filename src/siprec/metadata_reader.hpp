// From the XML tree to RFC 7865's classes, through every dialect that has been seen.
#pragma once

#include "xml_tree.hpp"

#include <srs/siprec/metadata.hpp>

#include <string>

namespace srs::siprec {

// Adds to `out` what the tree says. Returns the error's text where a limit was passed, else empty.
std::string read_metadata(const XmlElement& root, const MetadataLimits& limits, Metadata& out);

}  // namespace srs::siprec
