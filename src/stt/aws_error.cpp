#include "stt/aws_error.hpp"

#include "stt/json.hpp"

#include <srs/util/text.hpp>

namespace srs::stt {
namespace {

// Flat, and written by one hand: `<Error><Code>NoSuchBucket</Code><Message>...`.
std::string element_of(std::string_view xml, const std::string& name) {
  const auto begin = xml.find("<" + name + ">");
  if (begin == std::string_view::npos) return {};
  const auto text = xml.substr(begin + name.size() + 2);
  const auto end = text.find("</" + name + ">");
  return end == std::string_view::npos ? std::string() : to_utf8(trim(text.substr(0, end)));
}

}  // namespace

std::optional<AwsError> aws_error_of(std::string_view body) {
  AwsError error;
  if (body.find("<Error>") != std::string_view::npos) {
    error = {element_of(body, "Code"), element_of(body, "Message")};
  } else if (const auto json = parse_json(body)) {
    // `com.amazonaws...#ConflictException`
    const auto type = text_of(*json, "__type");
    error.type = type.substr(type.rfind('#') + 1);
  }
  if (error.type.empty()) return std::nullopt;
  return error;
}

std::optional<Reason> reason_of(const AwsError& error) {
  const auto has = [&](const char* word) { return error.type.find(word) != std::string::npos; };
  if (has("Throttling") || has("LimitExceeded")) return Reason::RateLimited;
  if (has("RequestTimeout")) return Reason::Timeout;
  // AuthorizationHeaderMalformed: the key is for another region than the bucket's.
  for (const auto* word : {"UnrecognizedClient", "InvalidSignature", "ExpiredToken", "AccessDenied",
                           "IncompleteSignature", "InvalidToken", "TokenRefreshRequired",
                           "AuthorizationHeaderMalformed"})
    if (has(word)) return Reason::Auth;
  return std::nullopt;
}

}  // namespace srs::stt
