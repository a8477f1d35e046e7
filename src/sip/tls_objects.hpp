// What sofia leaves undone for a connection of TLS.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace srs::sip {

// sofia-sip 1.12.11 never frees the SSL object of a connection (26 kB): without this each
// connection, and each that fails its handshake, leaks one. Afterwards an object goes with its
// connection. To be called before the first listener of TLS; the effect is the process's.
void free_tls_objects_with_connections();

// Connections made from now on show the certificates that follow ours in this PEM file: sofia reads
// the first alone, and peers that know only the root would refuse us. A file that holds none shows
// none. To be called as the function above.
void show_chain_of(const std::filesystem::path& pem);

// Ends the connections made by this thread whose handshake takes longer than that: sofia waits for
// hours. Returns their peers, `192.0.2.1:5061`.
std::vector<std::string> end_overdue_handshakes(std::chrono::milliseconds limit);

}  // namespace srs::sip
