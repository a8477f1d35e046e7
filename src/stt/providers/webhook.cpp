// Any service that takes audio by POST and answers JSON; docs/transcription.md says what it gets.
#include "stt/providers/mapping.hpp"
#include "stt/providers/provider.hpp"
#include "stt/signature.hpp"

#include <ctime>

namespace srs::stt {
namespace {

// Blocks (secrets).
Outcome<HttpRequest> make_request(const Options& options, const Request& request) {
  const auto& own = options.webhook;
  auto authorization =
      secret_of(own.authorization, own.authorization_file, "stt.webhook.authorization_file");
  if (!authorization) return authorization.error();
  auto secret =
      secret_of(own.signing_secret, own.signing_secret_file, "stt.webhook.signing_secret_file");
  if (!secret) return secret.error();
  HttpRequest out{.method = "POST", .url = own.url};
  out.headers = {{"Content-Type", "audio/wav"},
                 {"Accept", "application/json"},
                 {"Idempotency-Key", request.idempotency_key},
                 {"X-Siprec-Recording", request.recording_id},
                 {"X-Siprec-Channels", request.channels}};
  if (!request.language.empty()) out.headers.emplace_back("X-Siprec-Language", request.language);
  if (!authorization->empty()) out.headers.emplace_back("Authorization", *authorization);
  if (!secret->empty()) sign(out.headers, *secret, request.sound.wav, std::time(nullptr));
  out.body = request.sound.wav;
  return out;
}

}  // namespace

std::unique_ptr<Provider> make_webhook(const Options& options) {
  OneRequest service;
  service.name = "webhook";
  service.prepare = [&options](const Request& request) { return make_request(options, request); };
  service.parse = [&options](std::string_view body) {
    return parse_mapped(body, options.webhook.answer);
  };
  return make_provider(std::move(service));
}

}  // namespace srs::stt
