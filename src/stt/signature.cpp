#include "stt/signature.hpp"

#include "stt/crypto.hpp"

namespace srs::stt {

void sign(HttpHeaders& headers, std::string_view secret, std::string_view body,
          std::int64_t timestamp) {
  const auto time = std::to_string(timestamp);
  std::string signed_text = time + ".";
  signed_text += body;
  headers.emplace_back("X-Siprec-Timestamp", time);
  headers.emplace_back("X-Siprec-Signature", "sha256=" + hex(hmac_sha256(secret, signed_text)));
}

}  // namespace srs::stt
