// The element and attribute names of RFC 7865 and its drafts, in one spelling.
#pragma once

#include <srs/util/text.hpp>

#include <string>
#include <string_view>

namespace srs::siprec {

// `participant_id`, `participant-id` and `ParticipantID` are one name: `participantid`.
inline std::string plain_name(std::string_view name) {
  std::string result = to_lower(name);
  std::erase_if(result, [](char c) { return c == '-' || c == '_'; });
  return result;
}

// Whether an element of this plain_name() means something to us.
bool is_known_element(std::string_view plain);

}  // namespace srs::siprec
