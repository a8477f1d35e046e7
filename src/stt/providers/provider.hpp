// The one interface of all engines.
#pragma once

#include "stt/answer.hpp"
#include "stt/audio.hpp"
#include "stt/exchange.hpp"

#include <srs/stt/options.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// What is to be transcribed, and what is known about it.
struct Request {
  Sound sound;
  std::string language;  // BCP 47; empty: to be detected
  std::string recording_id;
  std::string channels;  // `0`, or `0,1`: for those who want to know
  // The same for each try of the same piece, for providers that recognise repetitions.
  std::string idempotency_key;
  std::filesystem::path directory;  // the recording's, for temporary files
};

class Provider {
 public:
  virtual ~Provider() = default;
  // One of provider_names().
  virtual std::string_view name() const = 0;
  virtual std::string model() const { return {}; }
  // Whether it takes all channels of a piece in one request.
  virtual bool takes_channels_together() const { return false; }
  // The longest piece that it takes.
  virtual Millis longest() const { return std::chrono::hours(4); }
  // The largest file that it takes, in bytes.
  virtual std::uint64_t largest() const { return kLargestSound; }
  // How it says what is wrong with a request.
  virtual ReadComplaint complaints() const { return common_complaint; }

  // Runs on the io_context's thread and never blocks it; `request` and `exchange` live in the
  // caller's coroutine. Provider objects are shared by all jobs and keep no state of one.
  virtual boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                             Exchange& exchange) = 0;
  // Deletes what it keeps of `exchange.remote`: the answer is on our disk, or there will be none.
  // The request has neither sound nor language. Best effort; by default nothing is kept.
  virtual boost::asio::awaitable<void> forget(const Request&, Exchange&) { co_return; }
};

// The configured ones, in their order. `options` outlive them.
std::vector<std::unique_ptr<Provider>> make_providers(const Options& options);

std::unique_ptr<Provider> make_openai(const Options& options);
std::unique_ptr<Provider> make_whisper(const Options& options);
std::unique_ptr<Provider> make_deepgram(const Options& options);
std::unique_ptr<Provider> make_google(const Options& options);
std::unique_ptr<Provider> make_azure(const Options& options);
std::unique_ptr<Provider> make_aws(const Options& options);
std::unique_ptr<Provider> make_assemblyai(const Options& options);
std::unique_ptr<Provider> make_speechmatics(const Options& options);
std::unique_ptr<Provider> make_elevenlabs(const Options& options);
std::unique_ptr<Provider> make_vosk(const Options& options);
std::unique_ptr<Provider> make_webhook(const Options& options);
std::unique_ptr<Provider> make_command(const Options& options);

// A service that transcribes within one request: its answer is the response.
struct OneRequest {
  std::string_view name;
  std::string model;
  std::function<Outcome<HttpRequest>(const Request&)> prepare;  // blocks
  std::function<Outcome<Answer>(std::string_view body)> parse;  // blocks
  ReadComplaint complaints = common_complaint;
  bool takes_channels_together = false;
  Millis longest = std::chrono::hours(4);
  std::uint64_t largest = kLargestSound;
};
std::unique_ptr<Provider> make_provider(OneRequest service);

// Building blocks of requests.

// What a provider is to mask: its own list, else the one for all.
inline const std::vector<std::string>& pii_of(const Options& options,
                                              const std::vector<std::string>& own) {
  return own.empty() ? options.pii : own;
}

// `https://host/v1?x=1` and `/a` -> `https://host/v1/a?x=1`.
std::string with_path(std::string_view url, std::string_view path);
// `model=nova-2&language=en`, percent-encoded (RFC 3986 §2.1).
std::string query(const std::vector<std::pair<std::string, std::string>>& values);
std::string percent_encoded(std::string_view text, std::string_view also_plain = "");
// Reads a secret for a header; blocks. A failure that says which setting to look at.
Outcome<std::string> secret_of(const std::string& value, const std::filesystem::path& file,
                               std::string_view setting);
// NotJson, with a word about what came instead.
Failure not_json(std::string_view body);

}  // namespace srs::stt
