// When messages began to come, which sofia keeps nowhere.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace srs::sip {

// While sofia parses a message: when its first byte had been read. Empty lines before it, by which
// SBCs keep connections open (RFC 5626 §3.5.1), are no part of it, nor is another message in front
// of it. At any other time: now.
std::chrono::steady_clock::time_point first_byte_of_parsed();

// Peers, `192.0.2.1:5061`, that began a message more than `limit` ago and have not ended it: each
// message once, of those that this thread reads, at the second call that finds it so. The first may
// come when this thread had no time to read what lies in the kernel.
std::vector<std::string> peers_of_unfinished(std::chrono::milliseconds limit);

}  // namespace srs::sip
