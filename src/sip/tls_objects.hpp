// What OpenSSL holds for a connection of TLS.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace srs::sip {

// sofia-sip 1.12.11 never frees the SSL object of a connection (26 kB): without this each
// connection, and each that fails its handshake, leaks one. Afterwards an object goes with its
// connection. To be called before the first listener of TLS; the effect is the process's.
void free_tls_objects_with_connections();

// Ends the connections made by this thread whose handshake takes longer than that: sofia waits for
// hours. Returns their peers, `192.0.2.1:5061`.
std::vector<std::string> end_overdue_handshakes(std::chrono::milliseconds limit);

}  // namespace srs::sip
