// When messages began to come, which sofia keeps nowhere.
#pragma once

#include <chrono>

namespace srs::sip {

// While sofia parses a message: when its first byte had been read. Empty lines before it, by which
// SBCs keep connections open (RFC 5626 §3.5.1), are no part of it, nor is another message in front
// of it. At any other time: now.
std::chrono::steady_clock::time_point first_byte_of_parsed();

}  // namespace srs::sip
