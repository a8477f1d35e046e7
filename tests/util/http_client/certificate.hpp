// Certificates made on the spot.
#pragma once

#include <filesystem>
#include <string>

namespace srs::test {

// Writes a new P-256 key and a self-signed certificate for `names` (`IP:127.0.0.1,DNS:localhost`)
// into one PEM file, which is its own authority. Throws where OpenSSL fails.
void write_certificate(const std::filesystem::path& path, const std::string& names);

}  // namespace srs::test
