// What the two files of a job have in common in their JSON.
#pragma once

#include "stt/json.hpp"

#include <algorithm>
#include <string_view>

namespace srs::stt {

// A whole number up to a million; 0 where there is none.
inline unsigned small_number(const Json& json, std::string_view key) {
  return static_cast<unsigned>(std::clamp(number_of(json, key).value_or(0), 0.0, 1e6));
}

// 0 where there is none.
inline Millis time_of(const Json& json, std::string_view key) {
  return millis_of(json, key).value_or(Millis(0));
}

}  // namespace srs::stt
