// The a= lines of one m-line.
#pragma once

#include <srs/sdp/session.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace srs::sdp {

struct Attribute {
  std::string_view name;   // `rtpmap`
  std::string_view value;  // what stands behind the colon, trimmed; empty for a flag
};

// Splits what stands behind `a=`.
Attribute split_attribute(std::string_view text);

// The direction that an attribute of this name states, if it is one (RFC 8866 §6.7).
std::optional<Direction> direction_named(std::string_view name);

// Writes into `media` what the attribute says of it; names that mean nothing here are ignored.
// Returns what was odd about it, empty: nothing.
std::string apply_attribute(Media& media, const Attribute& attribute);

}  // namespace srs::sdp
