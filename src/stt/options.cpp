#include "stt/provider_names.hpp"

#include <srs/stt/options.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <optional>

namespace srs::stt {
namespace {

constexpr std::string_view kBounds = "requests=5/s, concurrency=4, audio=600min/h or cost=20/day";

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
      return Error{"`", word, "` is no limit: write ", kBounds};
    }
  }
  if (!is_provider(limit.provider))
    return Error{"`", limit.provider, "` is no provider: begin with one of ", names_of_providers()};
  const bool bounded = limit.requests_per_second > 0 || limit.concurrency > 0 ||
                       limit.audio_minutes_per_hour > 0 || limit.cost_per_day > 0;
  if (!bounded) return Error{"`", trim(text), "` limits nothing: write ", kBounds, " after it"};
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
  if (!is_provider(price.provider))
    return Error{"`", price.provider, "` is no provider: begin with one of ", names_of_providers()};
  return price;
}

}  // namespace srs::stt
