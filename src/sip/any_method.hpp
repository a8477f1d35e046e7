// Methods of requests, as RFC 3261 §25.1 has them: any token.
#pragma once

#include "sip/sofia.hpp"

#include <sofia-sip/msg_mclass.h>

#include <chrono>

namespace srs::sip {

// sofia reads no digit in a method, few marks, and none that begins as one of its own does and is
// shorter (`START`). From now on messages of this class have methods of any token, in their first
// line and their CSeq: what is none of sofia's own is one that it does not know, by its name. Empty
// lines before the first are ignored (first_line.hpp).
void take_any_method(msg_mclass_t& message_class);

// When the first byte of a request of such a class had been read. `received`: as it came, no copy.
std::chrono::steady_clock::time_point first_byte_read_at(const sip_t& received);

}  // namespace srs::sip
