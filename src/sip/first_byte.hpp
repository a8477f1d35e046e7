// When a message began to come in.
#pragma once

#include "sip/sofia.hpp"

#include <sofia-sip/msg_mclass.h>

#include <chrono>

namespace srs::sip {

// From now on messages of this class, which is SIP's, know when their first byte was read.
void time_first_bytes(msg_mclass_t& message_class);

// When the first byte of a message of such a class had been read from its socket. What keeps a
// connection open before it (RFC 5626 §3.5.1) is no part of it. `received`: as it came, no copy.
std::chrono::steady_clock::time_point first_byte_read_at(const sip_t& received);

}  // namespace srs::sip
