// The payload types that mean something without an rtpmap.
#pragma once

#include <srs/sdp/session.hpp>

#include <cstdint>

namespace srs::sdp {

// What RFC 3551 §6 says of an audio payload type; no encoding where it says nothing (dynamic,
// reserved, unassigned or video).
Format static_format(std::uint8_t payload_type);

}  // namespace srs::sdp
