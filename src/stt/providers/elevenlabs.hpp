// ElevenLabs Scribe.
// https://elevenlabs.io/docs/api-reference/speech-to-text/convert
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::elevenlabs {

// Blocks (secrets).
Outcome<HttpRequest> request(const Options& options, const Request& request);
Outcome<Answer> parse(std::string_view body);

}  // namespace srs::stt::elevenlabs
