// Speechmatics, batch: submit, poll, fetch.
// https://docs.speechmatics.com/api-ref/batch/create-a-new-job
#pragma once

#include "stt/providers/provider.hpp"

namespace srs::stt::speechmatics {

// Blocks (secrets).
Outcome<HttpRequest> submit_request(const Options& options, const Request& request);
Outcome<HttpRequest> status_request(const Options& options, const std::string& id);
Outcome<HttpRequest> delete_request(const Options& options, const std::string& id);
Outcome<HttpRequest> transcript_request(const Options& options, const std::string& id);
Outcome<std::string> parse_id(std::string_view body);
// True when the job is done; Rejected where they gave up.
Outcome<bool> parse_status(std::string_view body);
Outcome<Answer> parse(std::string_view body);

}  // namespace srs::stt::speechmatics
