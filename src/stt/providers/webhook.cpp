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

class Webhook : public Provider {
 public:
  explicit Webhook(const Options& options) : options_(options) {}
  std::string_view name() const override { return "webhook"; }
  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    co_return co_await exchange.ask(
        [&] { return make_request(options_, request); },
        [&](std::string_view body) { return parse_mapped(body, options_.webhook.answer); });
  }

 private:
  const Options& options_;
};

}  // namespace

std::unique_ptr<Provider> make_webhook(const Options& options) {
  return std::make_unique<Webhook>(options);
}

}  // namespace srs::stt
