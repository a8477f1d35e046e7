// What a provider was used for, as transcripts and job files say it.
#pragma once

#include "stt/json.hpp"

namespace srs::stt {

nlohmann::ordered_json to_json(const Use& use);
// Bounded, whatever stands there.
Use use_from(const Json& json);

}  // namespace srs::stt
