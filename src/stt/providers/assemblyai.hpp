// AssemblyAI: upload, submit, poll.
// https://www.assemblyai.com/docs/api-reference/transcripts/submit
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::assemblyai {

// Blocks (secrets).
Outcome<HttpRequest> upload_request(const Options& options, const Request& request);
Outcome<HttpRequest> submit_request(const Options& options, const Request& request,
                                    const std::string& audio_url);
Outcome<HttpRequest> status_request(const Options& options, const std::string& id);
Outcome<HttpRequest> delete_request(const Options& options, const std::string& id);
// The member of that name, which must be a text.
Outcome<std::string> parse_text(std::string_view body, std::string_view name);
// Nothing while it is being worked on; Rejected where they gave up.
Outcome<std::optional<Answer>> parse(std::string_view body);

}  // namespace srs::stt::assemblyai
