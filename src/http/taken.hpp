// What a peer has taken of what was sent to it.
#pragma once

#include <cstdint>

namespace srs::http {

// Bytes that the peer of a TCP socket has acknowledged; 0 where nobody can tell. A socket that is
// full tells of room only once a third of it is free: minutes for a peer that takes it slowly.
std::uint64_t bytes_taken(int socket);

}  // namespace srs::http
