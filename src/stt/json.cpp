#include "stt/json.hpp"

#include <srs/util/text.hpp>

#include <cmath>

namespace srs::stt {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = 2'000'000;
constexpr double kLongest = 30.0 * 24 * 3600 * 1000;  // ms

const Json kNull;
const Json kNoElements = Json::array();

// Counts brackets and commas outside of strings.
bool is_bounded(std::string_view text) {
  std::size_t depth = 0;
  std::size_t values = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == ',') ++values;
    if (c == '[' || c == '{') {
      ++values;
      if (++depth > kMaxDepth) return false;
    }
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (values > kMaxValues) return false;
  }
  return true;
}

std::optional<Millis> time_of(std::optional<double> value, double factor) {
  if (!value) return std::nullopt;
  const double ms = *value * factor;
  if (!(ms >= 0) || ms > kLongest) return std::nullopt;
  return Millis(std::llround(ms));
}

}  // namespace

std::optional<Json> parse_json(std::string_view text, bool* repaired) {
  if (!is_bounded(text)) return std::nullopt;
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_discarded()) return json;
  const auto clean = to_utf8(text);
  if (clean == text) return std::nullopt;
  json = Json::parse(clean, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  if (repaired != nullptr) *repaired = true;
  return json;
}

const Json& member(const Json& json, std::string_view key) {
  if (!json.is_object()) return kNull;
  const auto at = json.find(key);
  return at == json.end() ? kNull : *at;
}

const Json& elements(const Json& json, std::string_view key) {
  const auto& found = member(json, key);
  return found.is_array() ? found : kNoElements;
}

bool is_listed(const Json& json) {
  return !json.is_null() && !(json.is_array() && json.empty());
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

std::string text_of(const Json& json, std::string_view key) {
  return text_of(member(json, key));
}

std::optional<double> number_of(const Json& json) {
  std::optional<double> value;
  if (json.is_number()) value = json.get<double>();
  if (json.is_string()) {
    auto text = std::string_view(json.get_ref<const std::string&>());
    if (text.ends_with('s')) text.remove_suffix(1);  // protobuf durations
    value = to_number<double>(text);
  }
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<double> number_of(const Json& json, std::string_view key) {
  return number_of(member(json, key));
}

std::optional<Millis> seconds_of(const Json& json, std::string_view key) {
  return time_of(number_of(json, key), 1000);
}

std::optional<Millis> millis_of(const Json& json, std::string_view key) {
  return time_of(number_of(json, key), 1);
}

Millis seconds_or(const Json& json, std::string_view key, Millis absent) {
  return member(json, key).is_null() ? absent : seconds_of(json, key).value_or(kNoTime);
}

Millis millis_or(const Json& json, std::string_view key, Millis absent) {
  return member(json, key).is_null() ? absent : millis_of(json, key).value_or(kNoTime);
}

}  // namespace srs::stt
