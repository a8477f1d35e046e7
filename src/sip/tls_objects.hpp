// What OpenSSL holds for a connection of TLS.
#pragma once

namespace srs::sip {

// sofia-sip 1.12.11 never frees the SSL object of a connection (26 kB): without this each
// connection, and each that fails its handshake, leaks one. Afterwards an object goes with its
// connection. To be called before the first listener of TLS; the effect is the process's.
void free_tls_objects_with_connections();

}  // namespace srs::sip
