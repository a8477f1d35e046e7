// Which way a recorded call went, where the SRC says so.
#pragma once

#include <srs/recording/document.hpp>

#include <string_view>

namespace srs::recording {

enum class Direction { Inbound, Outbound, Internal, Unknown };
std::string_view to_string(Direction direction);

// From the vendor elements of the metadata and the SIP headers (`sip:X-Call-Direction`): RFC 7865
// itself has no word for it. The first that says something readable counts.
Direction direction_of(const SessionEntry& session);

}  // namespace srs::recording
