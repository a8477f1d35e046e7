// What kept providers from transcribing a recording, as its job and its transcript remember it.
#pragma once

#include "stt/json.hpp"

#include <srs/stt/transcript.hpp>

#include <string_view>
#include <vector>

namespace srs::stt {

// One of the same provider and reason happened again; beyond 50 different ones nothing is added.
// True where there was none of the kind.
bool add_incident(std::vector<Incident>& incidents, std::string_view provider,
                  std::string_view reason, WallTime at);

nlohmann::ordered_json to_json(const std::vector<Incident>& incidents);
// Of the member `incidents`; bounded, whatever stands there.
std::vector<Incident> incidents_from(const Json& json);

}  // namespace srs::stt
