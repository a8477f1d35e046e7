// How Amazon says what went wrong: Transcribe in JSON, S3 in XML, both mostly with status 400.
#pragma once

#include "stt/answer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace srs::stt {

struct AwsError {
  std::string type;     // `ConflictException`, `ExpiredToken`; never empty
  std::string message;  // of S3; that of Transcribe stands where other providers have theirs
};

// Nothing where the body is none of the two.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
// https://docs.aws.amazon.com/transcribe/latest/APIReference/CommonErrors.html
std::optional<AwsError> aws_error_of(std::string_view body);

// What a status 400 means with it, where that is more than that the request was refused.
std::optional<Reason> reason_of(const AwsError& error);

}  // namespace srs::stt
