#include "stt/redact.hpp"

#include <srs/stt/options.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <optional>

namespace srs::stt {
namespace {

bool known_provider(std::string_view name) {
  const auto& names = provider_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string all_names() {
  std::string all;
  for (const auto& name : provider_names()) all += (all.empty() ? "" : ", ") + name;
  return all;
}

// `5/s` with the unit `/s`.
std::optional<double> amount(std::string_view text, std::string_view unit) {
  if (!text.ends_with(unit)) return std::nullopt;
  const auto value = to_number<double>(text.substr(0, text.size() - unit.size()));
  return value && *value > 0 && *value < 1e9 ? value : std::nullopt;
}

bool set_bound(Limit& limit, std::string_view word) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const auto key = word.substr(0, equals);
  const auto value = word.substr(equals + 1);
  if (key == "concurrency") {
    const auto count = to_number<std::size_t>(value);
    if (!count || *count == 0) return false;
    limit.concurrency = *count;
    return true;
  }
  std::optional<double> number;
  if (key == "requests") limit.requests_per_second = (number = amount(value, "/s")).value_or(0);
  if (key == "audio") limit.audio_minutes_per_hour = (number = amount(value, "min/h")).value_or(0);
  if (key == "cost") limit.cost_per_day = (number = amount(value, "/day")).value_or(0);
  return number.has_value();
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// What a provider can't do without, as a sentence; empty: all is there.
std::string missing(const Options& options, std::string_view name) {
  const auto needs = [&](bool there, std::string what) {
    return there ? std::string() : "names " + std::string(name) + ", which needs " + what;
  };
  const auto secret = [](const std::string& value, const std::filesystem::path& file) {
    return !value.empty() || !file.empty();
  };
  if (name == "whisper")
    return needs(!options.whisper.url.empty(), "stt.whisper.url (WHISPER_BASE_URL)");
  if (name == "deepgram")
    return needs(secret(options.deepgram.api_key, options.deepgram.api_key_file),
                 "stt.deepgram.api_key (DEEPGRAM_API_KEY) or stt.deepgram.api_key_file");
  if (name == "google")
    return needs(!options.google.credentials.empty(),
                 "stt.google.credentials (GOOGLE_APPLICATION_CREDENTIALS)");
  if (name == "azure")
    return needs(secret(options.azure.key, options.azure.key_file) &&
                     !(options.azure.region.empty() && options.azure.url.empty()),
                 "stt.azure.key (AZURE_SPEECH_KEY) and stt.azure.region (AZURE_SPEECH_REGION)");
  if (name == "aws")
    return needs(!options.aws.access_key_id.empty() && !options.aws.region.empty() &&
                     !options.aws.bucket.empty() &&
                     secret(options.aws.secret_access_key, options.aws.secret_access_key_file),
                 "stt.aws.access_key_id, secret_access_key, region (AWS_*) and stt.aws.bucket");
  if (name == "assemblyai")
    return needs(secret(options.assemblyai.api_key, options.assemblyai.api_key_file),
                 "stt.assemblyai.api_key (ASSEMBLYAI_API_KEY)");
  if (name == "speechmatics")
    return needs(secret(options.speechmatics.api_key, options.speechmatics.api_key_file),
                 "stt.speechmatics.api_key (SPEECHMATICS_API_KEY)");
  if (name == "elevenlabs")
    return needs(secret(options.elevenlabs.api_key, options.elevenlabs.api_key_file),
                 "stt.elevenlabs.api_key (ELEVENLABS_API_KEY)");
  if (name == "webhook") return needs(!options.webhook.url.empty(), "stt.webhook.url");
  if (name == "vosk") return needs(!options.vosk.url.empty(), "stt.vosk.url (VOSK_URL)");
  if (name == "command") return needs(!options.command.program.empty(), "stt.command.program");
  return {};
}

// What the live provider can't do without.
std::string live_fault(const Options& options) {
  const auto& name = options.live.provider;
  if (name.empty()) return {};
  if (name != "vosk" && name != "deepgram") return "`" + name + "` is none of: vosk, deepgram";
  return missing(options, name);
}

}  // namespace

const std::vector<std::string>& provider_names() {
  static const std::vector<std::string> names = {
      "openai",     "whisper",      "deepgram",   "google", "azure",   "aws",
      "assemblyai", "speechmatics", "elevenlabs", "vosk",   "webhook", "command"};
  return names;
}

Result<Limit> parse_limit(std::string_view text) {
  Limit limit;
  const auto words = split(text, ' ');
  for (const auto word : words) {
    if (word.empty()) continue;
    if (limit.provider.empty()) {
      limit.provider = word;
    } else if (!set_bound(limit, word)) {
      return Error{"`", word,
                   "` is no limit: write requests=5/s, concurrency=4, audio=600min/h or "
                   "cost=20/day"};
    }
  }
  if (!known_provider(limit.provider))
    return Error{"`", limit.provider, "` is no provider: begin with one of ", all_names()};
  return limit;
}

Result<Price> parse_price(std::string_view text) {
  std::vector<std::string_view> words;
  for (const auto word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  Price price;
  const auto number = words.size() == 3 ? to_number<double>(words[1]) : std::nullopt;
  if (!number || *number < 0 || *number > 1e6 || !is_currency(words[2]))
    return Error{"`", text, "` is no price: write `openai/whisper-1 0.006 USD`, per minute"};
  const auto slash = words[0].find('/');
  price.provider = words[0].substr(0, slash);
  if (slash != std::string_view::npos) price.model = words[0].substr(slash + 1);
  price.per_minute = *number;
  price.currency = words[2];
  if (!known_provider(price.provider))
    return Error{"`", price.provider, "` is no provider: begin with one of ", all_names()};
  return price;
}

std::vector<Fault> faults(const Options& options) {
  std::vector<Fault> all;
  const auto add = [&](const char* key, std::string text) {
    if (!text.empty()) all.push_back({key, std::move(text)});
  };
  for (const auto& name : options.providers) {
    if (!known_provider(name))
      add("stt.providers", "`" + name + "` is none of: " + all_names());
    else if (std::count(options.providers.begin(), options.providers.end(), name) > 1)
      add("stt.providers", "names " + name + " twice");
    else
      add("stt.providers", missing(options, name));
  }
  for (const auto& text : options.limits)
    if (const auto limit = parse_limit(text); !limit) add("stt.limits", limit.error().text);
  for (const auto& text : options.prices)
    if (const auto price = parse_price(text); !price) add("stt.prices", price.error().text);
  for (const auto& rule : options.redaction.rules)
    add("stt.redaction.rules", check_redaction_rule(rule));
  add("stt.live.provider", live_fault(options));
  if (options.live.first_pause > options.live.longest_pause)
    add("stt.live.first_pause", "is longer than stt.live.longest_pause");
  if (options.retry.first_pause > options.retry.longest_pause)
    add("stt.retry.first_pause", "is longer than stt.retry.longest_pause");
  if (options.breaker.pause > options.breaker.longest_pause)
    add("stt.breaker.pause", "is longer than stt.breaker.longest_pause");
  return all;
}

}  // namespace srs::stt
