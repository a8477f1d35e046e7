// Azure Speech, fast transcription.
// https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::azure {

// Blocks (secrets).
Outcome<HttpRequest> request(const Options& options, const Request& request);
Outcome<Answer> parse(std::string_view body);

}  // namespace srs::stt::azure
