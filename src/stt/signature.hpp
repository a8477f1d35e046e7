// How we sign what we send to webhooks.
#pragma once

#include <srs/util/http_client.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace srs::stt {

// X-Siprec-Timestamp (seconds since 1970) and X-Siprec-Signature: `sha256=` and the hexadecimal
// HMAC-SHA256 of `<timestamp>.<body>`. Receivers refuse old time stamps, so that a copy is
// worthless.
void sign(HttpHeaders& headers, std::string_view secret, std::string_view body,
          std::int64_t timestamp);

}  // namespace srs::stt
