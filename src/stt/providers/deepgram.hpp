// Deepgram's pre-recorded API.
// https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::deepgram {

// Blocks (secrets).
Outcome<HttpRequest> request(const Options& options, const Request& request);
// Its name for a language tag: live too.
std::string language_code(std::string_view tag);
Outcome<Answer> parse(std::string_view body);
// `{"err_code":...,"err_msg":...}`.
std::optional<Complaint> complaint(int status, std::string_view body);

}  // namespace srs::stt::deepgram
