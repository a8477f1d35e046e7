// OpenAI's POST /audio/transcriptions, and all who speak it.
// https://platform.openai.com/docs/api-reference/audio/createTranscription
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::openai {

// Blocks (secrets).
Outcome<HttpRequest> request(const Options& options, const Request& request);
// verbose_json with words beside or within the segments, and plain json.
Outcome<Answer> parse(std::string_view body);

}  // namespace srs::stt::openai
