// The little of OpenSSL that providers ask for.
#pragma once

#include <srs/util/result.hpp>

#include <string>
#include <string_view>

namespace srs::stt {

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);  // RFC 4648 §5, without padding
// Bytes, not text.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // RFC 2104
// RSASSA-PKCS1-v1_5 with SHA-256 (RS256) by a private key in PEM.
Result<std::string> sign_rs256(std::string_view private_key_pem, std::string_view bytes);

}  // namespace srs::stt
