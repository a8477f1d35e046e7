// Google Cloud Speech-to-Text, v1 and v2.
// https://cloud.google.com/speech-to-text/docs/reference/rest
#pragma once

#include "stt/providers/provider.hpp"

#include <cstdint>
#include <optional>

namespace srs::stt::google {

// A service account's key, as its JSON file holds it.
struct Account {
  std::string email;
  std::string key_id;
  std::string private_key;  // PEM
  std::string project;
  std::string token_uri;
};
Outcome<Account> parse_account(std::string_view text);

// The model that is asked for; empty: Google's v1 chooses.
std::string model_of(const GoogleOptions& own);

// The token's request (RFC 7523 §2.1): a JWT signed with RS256, good for an hour from `now`
// (seconds since 1970).
Outcome<HttpRequest> token_request(const Account& account, std::int64_t now);

struct Token {
  std::string value;
  std::chrono::seconds lasts{0};
};
Outcome<Token> parse_token(std::string_view body);

// With `uri` (gs://...) a long-running operation, else the audio is in the request.
Outcome<HttpRequest> request(const Options& options, const Request& request, const Account& account,
                             const std::string& token, const std::string& uri);
Outcome<HttpRequest> status_request(const Options& options, const std::string& token,
                                    const std::string& operation);
// The operation's name.
Outcome<std::string> parse_operation(std::string_view body);
// Results of recognize.
Outcome<Answer> parse(std::string_view body);
// Nothing while the operation runs.
Outcome<std::optional<Answer>> parse_status(std::string_view body);

}  // namespace srs::stt::google
