// What is sent to the receiver of transcripts.
#pragma once

#include "stt/answer.hpp"

#include <srs/log/logger.hpp>
#include <srs/stt/options.hpp>
#include <srs/util/http_client.hpp>
#include <srs/util/time.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace srs::stt {

// One of a transcript that will not come by itself.
struct Notice {
  std::string recording_id;
  std::string body;
  std::string traceparent;
  log::Logger log;
  WallTime until{};  // then it is no longer tried
  std::size_t failures = 0;
};

// `event` as it goes to Options::delivery, signed; the same for each try but for the time. Blocks:
// reads the secret.
Outcome<HttpRequest> delivery_of(const Options& options, std::string_view event,
                                 std::string_view recording_id, std::string body);

// `receiver.example:8443`: paths and queries hold secrets, and what stands before an @ does too.
std::string host_of(std::string_view url);

}  // namespace srs::stt
