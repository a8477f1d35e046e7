// OpenAI's POST /audio/transcriptions, and all who speak it: `openai` and `whisper` are two of
// them, so that a server of one's own may stand before the cloud.
// https://platform.openai.com/docs/api-reference/audio/createTranscription
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::openai {

// Blocks (secrets). `own` is the server's part of `options`, `key_file` the setting of its key.
Outcome<HttpRequest> request(const Options& options, const OpenAiOptions& own,
                             std::string_view key_file, const Request& request);
// verbose_json with words beside or within the segments, and plain json.
Outcome<Answer> parse(std::string_view body);
// `{"error":{"message":...,"code":...}}`.
std::optional<Complaint> complaint(int status, std::string_view body);

}  // namespace srs::stt::openai
