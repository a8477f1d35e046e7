// What keeps options from working.
#include "stt/budget.hpp"
#include "stt/provider_names.hpp"
#include "stt/providers/provider.hpp"
#include "stt/redact.hpp"

#include <srs/stt/options.hpp>

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

bool is_openai_itself(const Options& options) {
  return options.openai.url.find("//api.openai.com") != std::string::npos;
}

// OpenAI answers 400 where a model that knows no times is asked for them.
std::string format_fault(const Options& options) {
  const auto& own = options.openai;
  if (!is_openai_itself(options) || own.response_format == "json" || !own.model.starts_with("gpt-"))
    return {};
  return own.model + " knows no times, and OpenAI refuses " + own.response_format +
         " for it: set stt.openai.response_format to json (STT_OPENAI_RESPONSE_FORMAT)";
}

// What a provider can't do without, as a sentence; empty: all is there.
std::string missing(const Options& options, std::string_view name) {
  const auto needs = [&](bool there, std::string what) {
    return there ? std::string() : "names " + std::string(name) + ", which needs " + what;
  };
  const auto secret = [](const std::string& value, const std::filesystem::path& file) {
    return !value.empty() || !file.empty();
  };
  // Servers of others may take requests without a key, OpenAI's own do not.
  if (name == "openai" && is_openai_itself(options))
    return needs(secret(options.openai.api_key, options.openai.api_key_file),
                 "stt.openai.api_key (OPENAI_API_KEY) or stt.openai.api_key_file, or another "
                 "server's stt.openai.url (OPENAI_BASE_URL)");
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
    return needs(secret(options.aws.access_key_id, options.aws.access_key_id_file) &&
                     !options.aws.region.empty() && !options.aws.bucket.empty() &&
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

// The prices that can be read.
std::vector<Price> readable_prices(const Options& options) {
  std::vector<Price> prices;
  for (const auto& text : options.prices)
    if (auto price = parse_price(text)) prices.push_back(std::move(*price));
  return prices;
}

// The model that the provider is asked for; empty: it chooses, or there is one alone.
std::string model_asked(Options options, const std::string& provider) {
  options.providers = {provider};
  return make_providers(options).front()->model();
}

// Models of which the provider's prices know, but for what is heard live.
std::string priced_models(const std::vector<Price>& prices, std::string_view provider) {
  std::string models;
  for (const auto& price : prices)
    if (price.provider == provider && !price.model.empty() && price.model != "live")
      models += (models.empty() ? "" : ", ") + price.model;
  return models;
}

// Bounds and prices that bound and price nothing. Of providers that lack nothing.
void add_idle(const Options& options, const std::string& provider, std::vector<Fault>& all) {
  const auto prices = readable_prices(options);
  const auto model = model_asked(options, provider);
  const auto* price = find_price(prices, provider, {model});
  const auto others = priced_models(prices, provider);
  const auto wanted = (model.empty() ? provider : provider + "'s model " + model) +
                      (others.empty() ? "" : ", only of " + others) +
                      ": add one for all its models, such as `" + provider + " 0.006 USD`";
  for (const auto& text : options.limits) {
    const auto limit = parse_limit(text);
    if (!limit || limit->provider != provider || limit->cost_per_day <= 0) continue;
    if (price == nullptr)
      all.push_back(
          {"stt.limits", "`" + text + "` bounds no cost: stt.prices has none of " + wanted});
    else if (price->per_minute <= 0)
      all.push_back(
          {"stt.limits", "`" + text + "` bounds no cost: by stt.prices it costs nothing"});
  }
  if (price == nullptr && !model.empty() && !others.empty())
    all.push_back({"stt.prices", "has none of " + wanted});
}

}  // namespace

std::vector<Fault> faults(const Options& options) {
  std::vector<Fault> all;
  const auto add = [&](const char* key, std::string text) {
    if (!text.empty()) all.push_back({key, std::move(text)});
  };
  const auto& names = options.providers;
  for (auto at = names.begin(); at != names.end(); ++at) {
    const auto& name = *at;
    if (std::find(names.begin(), at, name) != at) continue;  // said where it stands first
    if (!is_provider(name))
      add("stt.providers", "`" + name + "` is none of: " + names_of_providers());
    else if (std::count(names.begin(), names.end(), name) > 1)
      add("stt.providers", "names " + name + " twice");
    else if (auto text = missing(options, name); !text.empty())
      add("stt.providers", std::move(text));
    else
      add_idle(options, name, all);
    if (name == "openai") add("stt.openai.model", format_fault(options));
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
