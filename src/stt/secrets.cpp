// Keys and secrets in files.
#include "stt/files.hpp"

#include <srs/stt/options.hpp>
#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::stt {
namespace {

constexpr std::uint64_t kMaxSecret = 64 << 10;

struct Place {
  std::string_view provider;
  const char* key;
  const std::filesystem::path& file;
};

// The files that `options` name, by the provider that wants them.
std::vector<Place> places(const Options& options) {
  return {{"openai", "stt.openai.api_key_file", options.openai.api_key_file},
          {"whisper", "stt.whisper.api_key_file", options.whisper.api_key_file},
          {"deepgram", "stt.deepgram.api_key_file", options.deepgram.api_key_file},
          {"google", "stt.google.credentials", options.google.credentials},
          {"azure", "stt.azure.key_file", options.azure.key_file},
          {"aws", "stt.aws.access_key_id_file", options.aws.access_key_id_file},
          {"aws", "stt.aws.secret_access_key_file", options.aws.secret_access_key_file},
          {"aws", "stt.aws.session_token_file", options.aws.session_token_file},
          {"assemblyai", "stt.assemblyai.api_key_file", options.assemblyai.api_key_file},
          {"speechmatics", "stt.speechmatics.api_key_file", options.speechmatics.api_key_file},
          {"elevenlabs", "stt.elevenlabs.api_key_file", options.elevenlabs.api_key_file},
          {"webhook", "stt.webhook.authorization_file", options.webhook.authorization_file},
          {"webhook", "stt.webhook.signing_secret_file", options.webhook.signing_secret_file}};
}

}  // namespace

Result<std::string> Secret::read() const {
  if (file.empty()) return Result<std::string>(boost::system::in_place_value, value);
  const auto text = read_text(file, kMaxSecret);
  if (!text) return text.error();
  const auto secret = trim(*text);
  if (secret.empty()) return Error{file.string(), " is empty: it should hold the secret"};
  return Result<std::string>(boost::system::in_place_value, std::string(secret));
}

std::vector<Fault> secret_faults(const Options& options) {
  std::vector<Fault> faults;
  const auto look = [&](const char* key, const std::filesystem::path& file) {
    if (auto secret = Secret{{}, file}.read(); !secret)
      faults.push_back({key, secret.error().text});
  };
  const auto& names = options.providers;
  for (const auto& place : places(options)) {
    const bool asked = place.provider == options.live.provider ||
                       std::find(names.begin(), names.end(), place.provider) != names.end();
    if (asked) look(place.key, place.file);
  }
  if (!options.delivery.url.empty()) look("stt.delivery.secret_file", options.delivery.secret_file);
  return faults;
}

}  // namespace srs::stt
