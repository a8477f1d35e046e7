// What is said to Google's servers and what they answer, as values.
#include "stt/crypto.hpp"
#include "stt/json.hpp"
#include "stt/providers/google.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt::google {
namespace {

constexpr const char* kScope = "https://www.googleapis.com/auth/cloud-platform";

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string base_of(const GoogleOptions& own) {
  if (!own.url.empty()) return own.url;
  const bool regional = own.version == "v2" && own.location != "global";
  return regional ? "https://" + own.location + "-speech.googleapis.com"
                  : "https://speech.googleapis.com";
}

Json config_v1(const Options& options, const Request& request) {
  Json config{{"encoding", "LINEAR16"},
              {"sampleRateHertz", request.sound.sample_rate},
              {"languageCode", request.language},
              {"enableWordTimeOffsets", true},
              {"enableWordConfidence", true},
              {"enableAutomaticPunctuation", true},
              {"profanityFilter", options.profanity_filter}};
  if (!options.google.model.empty()) config["model"] = options.google.model;
  if (!options.vocabulary.empty())
    config["speechContexts"] = Json::array({{{"phrases", options.vocabulary}}});
  return config;
}

Json config_v2(const Options& options, const Request& request) {
  Json config{
      {"autoDecodingConfig", Json::object()},
      {"languageCodes", Json::array({request.language.empty() ? "auto" : request.language})},
      {"model", model_of(options.google)},
      {"features",
       {{"enableWordTimeOffsets", true},
        {"enableWordConfidence", true},
        {"enableAutomaticPunctuation", true},
        {"profanityFilter", options.profanity_filter}}}};
  if (!options.vocabulary.empty()) {
    auto phrases = Json::array();
    for (const auto& word : options.vocabulary) phrases.push_back({{"value", word}});
    config["adaptation"] = {
        {"phraseSets", Json::array({{{"inlinePhraseSet", {{"phrases", phrases}}}}})}};
  }
  return config;
}

std::pair<std::string, Json> call_v1(const Options& options, const Request& request,
                                     const std::string& uri) {
  Json body{{"config", config_v1(options, request)}};
  if (uri.empty()) {
    body["audio"] = {{"content", base64(request.sound.wav)}};
    return {"/v1/speech:recognize", std::move(body)};
  }
  body["audio"] = {{"uri", uri}};
  return {"/v1/speech:longrunningrecognize", std::move(body)};
}

std::pair<std::string, Json> call_v2(const Options& options, const Request& request,
                                     const Account& account, const std::string& uri) {
  const auto& own = options.google;
  const auto path = "/v2/projects/" + (own.project.empty() ? account.project : own.project) +
                    "/locations/" + own.location + "/recognizers/" + own.recognizer;
  Json body{{"config", config_v2(options, request)}};
  if (uri.empty()) {
    body["content"] = base64(request.sound.wav);
    return {path + ":recognize", std::move(body)};
  }
  body["files"] = Json::array({{{"uri", uri}}});
  body["recognitionOutputConfig"] = {{"inlineResponseConfig", Json::object()}};
  return {path + ":batchRecognize", std::move(body)};
}

// v1 says startTime, v2 startOffset; both leave a zero out.
Millis time_of(const Json& json, const char* v1, const char* v2) {
  return seconds_or(json, v1, seconds_or(json, v2, Millis(0)));
}

Segment read_result(const Json& result) {
  Segment segment;
  const auto& alternatives = elements(result, "alternatives");
  if (alternatives.empty()) return segment;
  const auto& best = alternatives.front();
  segment.text = text_of(best, "transcript");
  segment.language = text_of(result, "languageCode");
  if (const auto confidence = number_of(best, "confidence"); confidence && *confidence > 0)
    segment.confidence = confidence;
  for (const auto& entry : elements(best, "words")) {
    Word word{text_of(entry, "word"), time_of(entry, "startTime", "startOffset"),
              time_of(entry, "endTime", "endOffset"), number_of(entry, "confidence")};
    if (word.confidence == 0.0) word.confidence.reset();  // their way to say: not known
    segment.words.push_back(std::move(word));
  }
  if (!segment.words.empty()) {
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
  } else {
    segment.end = time_of(result, "resultEndTime", "resultEndOffset");
  }
  return segment;
}

Answer read_results(const Json& holder, bool repaired) {
  Answer answer;
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  for (const auto& result : elements(holder, "results")) {
    auto segment = read_result(result);
    if (!segment.text.empty() || !segment.words.empty())
      answer.segments.push_back(std::move(segment));
  }
  if (!answer.segments.empty()) answer.language = answer.segments.front().language;
  return answer;
}

}  // namespace

// v2 does not choose by itself.
std::string model_of(const GoogleOptions& own) {
  return own.model.empty() && own.version == "v2" ? "long" : own.model;
}

Outcome<Account> parse_account(std::string_view text) {
  const auto json = parse_json(text);
  Account account;
  if (json) {
    account = {text_of(*json, "client_email"), text_of(*json, "private_key_id"),
               text_of(*json, "private_key"), text_of(*json, "project_id"),
               text_of(*json, "token_uri")};
  }
  if (account.email.empty() || account.private_key.empty() || account.token_uri.empty())
    return Failure{Reason::Auth,
                   "stt.google.credentials is no service account's key: it needs client_email, "
                   "private_key and token_uri"};
  return account;
}

Outcome<HttpRequest> token_request(const Account& account, std::int64_t now) {
  const Json header{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", account.key_id}};
  const Json claims{{"iss", account.email},
                    {"scope", kScope},
                    {"aud", account.token_uri},
                    {"iat", now},
                    {"exp", now + 3600}};
  const auto head = base64url(dumped(header)) + "." + base64url(dumped(claims));
  const auto signature = sign_rs256(account.private_key, head);
  if (!signature) return Failure{Reason::Auth, "stt.google.credentials: " + signature.error().text};
  HttpRequest out{.method = "POST", .url = account.token_uri};
  out.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  out.body = query({{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
                    {"assertion", head + "." + base64url(*signature)}});
  return out;
}

Outcome<Token> parse_token(std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return not_json(body);
  Token token{text_of(*json, "access_token"),
              std::chrono::seconds(static_cast<int>(
                  std::clamp(number_of(*json, "expires_in").value_or(0), 0.0, 86400.0)))};
  if (token.value.empty()) return Failure{Reason::Auth, "no access_token was granted"};
  return token;
}

Outcome<HttpRequest> request(const Options& options, const Request& request, const Account& account,
                             const std::string& token, const std::string& uri) {
  if (options.google.version == "v1" && request.language.empty())
    return Failure{Reason::Refused, "Google's v1 detects no language: set stt.language"};
  auto [path, body] = options.google.version == "v2" ? call_v2(options, request, account, uri)
                                                     : call_v1(options, request, uri);
  HttpRequest out{.method = "POST", .url = with_path(base_of(options.google), path)};
  out.headers = {{"Authorization", "Bearer " + token},
                 {"Content-Type", "application/json; charset=utf-8"}};
  out.body = dumped(body);
  return out;
}

Outcome<HttpRequest> status_request(const Options& options, const std::string& token,
                                    const std::string& operation) {
  const auto path = options.google.version == "v2"
                        ? "/v2/" + percent_encoded(operation, "/")
                        : "/v1/operations/" + percent_encoded(operation, "/");
  HttpRequest out{.method = "GET", .url = with_path(base_of(options.google), path)};
  out.headers = {{"Authorization", "Bearer " + token}};
  return out;
}

Outcome<std::string> parse_operation(std::string_view body) {
  const auto json = parse_json(body);
  if (!json) return not_json(body);
  auto name = text_of(*json, "name");
  if (name.empty()) return Failure{Reason::BadAnswer, "the answer names no operation"};
  return Outcome<std::string>(boost::system::in_place_value, std::move(name));
}

Outcome<Answer> parse(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  // Without speech the answer is an empty object.
  if (!json->is_object()) return Failure{Reason::BadAnswer, "the answer is no object"};
  return read_results(*json, repaired);
}

Outcome<std::optional<Answer>> parse_status(std::string_view body) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  if (!json->is_object()) return Failure{Reason::BadAnswer, "the answer is no object"};
  const auto& done = member(*json, "done");
  if (!done.is_boolean() || !done.get<bool>()) return std::optional<Answer>();
  if (const auto& error = member(*json, "error"); error.is_object())
    return Failure{Reason::Rejected,
                   "the provider gave up: " + text_of(error, "message").substr(0, 200)};
  const auto& response = member(*json, "response");
  const auto& files = member(response, "results");
  if (!files.is_object()) return std::optional<Answer>(read_results(response, repaired));  // v1
  for (const auto& file : files) {
    if (const auto& error = member(file, "error"); error.is_object())
      return Failure{Reason::Rejected,
                     "the provider gave up: " + text_of(error, "message").substr(0, 200)};
    const auto& inlined = member(member(file, "inlineResult"), "transcript");
    return std::optional<Answer>(
        read_results(inlined.is_object() ? inlined : member(file, "transcript"), repaired));
  }
  return std::optional<Answer>(Answer{});
}

}  // namespace srs::stt::google
