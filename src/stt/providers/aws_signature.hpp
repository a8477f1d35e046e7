// AWS Signature Version 4.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <srs/util/http_client.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace srs::stt::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty for those of a user
};

// Adds X-Amz-Date, X-Amz-Security-Token where there is one, and Authorization. `url` has an encoded
// path and a query in canonical order; `headers` are signed as they are, with Host.
// `payload_sha256`: of the body, in hexadecimal.
void sign(HttpHeaders& headers, std::string_view method, std::string_view url,
          std::string_view payload_sha256, const Credentials& credentials, std::string_view region,
          std::string_view service, std::chrono::system_clock::time_point now);

}  // namespace srs::stt::aws
