// When the certificate of our TLS listeners ends.
#pragma once

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <filesystem>
#include <optional>

namespace srs::sip {

// The earliest end of validity among the certificates in this PEM file (ours and those of
// authorities between); nothing where it holds none that can be read.
std::optional<WallTime> earliest_expiry(const std::filesystem::path& pem);

// Whether TLS can be served with the certificate and the key in `directory`/agent.pem and the
// authorities in cafile.pem; the error says what to put there.
Result<void> check_certificates(const std::filesystem::path& directory);

}  // namespace srs::sip
