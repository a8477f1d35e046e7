// Azure Speech, fast transcription.
// https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::azure {

// Whether the version that is asked for knows phrase lists: they came with 2025-10-15.
bool takes_phrases(const AzureOptions& own);
// Blocks (secrets).
Outcome<HttpRequest> request(const Options& options, const Request& request);
Outcome<Answer> parse(std::string_view body);

}  // namespace srs::stt::azure
