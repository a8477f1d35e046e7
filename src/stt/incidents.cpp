#include "stt/incidents.hpp"

#include "stt/job_json.hpp"

#include <algorithm>

namespace srs::stt {
namespace {

constexpr std::size_t kMost = 50;

}  // namespace

bool add_incident(std::vector<Incident>& incidents, std::string_view provider,
                  std::string_view reason, WallTime at) {
  const auto known =
      std::find_if(incidents.begin(), incidents.end(), [&](const Incident& incident) {
        return incident.provider == provider && incident.reason == reason;
      });
  if (known != incidents.end()) {
    ++known->times;
    return false;
  }
  if (incidents.size() < kMost)
    incidents.push_back({std::string(provider), std::string(reason), at, 1});
  return true;
}

nlohmann::ordered_json to_json(const std::vector<Incident>& incidents) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& incident : incidents)
    json.push_back({{"provider", incident.provider},
                    {"reason", incident.reason},
                    {"at", to_rfc3339(incident.at)},
                    {"times", incident.times}});
  return json;
}

std::vector<Incident> incidents_from(const Json& json) {
  std::vector<Incident> incidents;
  for (const auto& entry : elements(json, "incidents")) {
    if (incidents.size() == kMost) break;
    incidents.push_back({text_of(entry, "provider"), text_of(entry, "reason"),
                         from_rfc3339(text_of(entry, "at")).value_or(WallTime{}),
                         small_number(entry, "times")});
  }
  return incidents;
}

}  // namespace srs::stt
