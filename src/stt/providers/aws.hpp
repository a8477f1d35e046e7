// Amazon Transcribe: batch jobs with the audio in S3.
// https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
#pragma once

#include "stt/providers/provider.hpp"

#include <chrono>
#include <optional>

namespace srs::stt::aws {

// Where a piece lies in the bucket while it is worked on.
std::string object_of(const AwsOptions& own, const Request& request);

// These block (secrets) and sign for `now`.
using Time = std::chrono::system_clock::time_point;
Outcome<HttpRequest> upload_request(const Options& options, const Request& request, Time now);
Outcome<HttpRequest> remove_request(const Options& options, const Request& request, Time now);
Outcome<HttpRequest> start_request(const Options& options, const Request& request,
                                   const std::string& job, Time now);
// `call`: GetTranscriptionJob or DeleteTranscriptionJob.
Outcome<HttpRequest> job_request(const Options& options, std::string_view call,
                                 const std::string& job, Time now);
// Where the transcript lies; nothing while the job runs.
Outcome<std::optional<std::string>> parse_status(std::string_view body);
Outcome<Answer> parse(std::string_view body);
// Of Transcribe and of S3, see aws_error_of(); 400 is their status for most of them.
std::optional<Complaint> complaint(int status, std::string_view body);

}  // namespace srs::stt::aws
