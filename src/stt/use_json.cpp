#include "stt/use_json.hpp"

#include <algorithm>
#include <cmath>

namespace srs::stt {

nlohmann::ordered_json to_json(const Use& use) {
  nlohmann::ordered_json json{{"provider", use.provider}};
  if (!use.model.empty()) json["model"] = use.model;
  json["requests"] = use.requests;
  json["audio_ms"] = use.audio.count();
  if (!use.currency.empty()) {
    json["cost"] = std::round(use.cost * 1e6) / 1e6;
    json["currency"] = use.currency;
  }
  return json;
}

Use use_from(const Json& json) {
  return {
      text_of(json, "provider"),
      text_of(json, "model"),
      static_cast<std::uint64_t>(std::clamp(number_of(json, "requests").value_or(0), 0.0, 1e15)),
      millis_of(json, "audio_ms").value_or(Millis(0)),
      number_of(json, "cost").value_or(0),
      text_of(json, "currency")};
}

}  // namespace srs::stt
