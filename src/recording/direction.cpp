#include "recording/direction.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::array<std::pair<std::string_view, Direction>, 9> kWords = {{
    {"inbound", Direction::Inbound},
    {"incoming", Direction::Inbound},
    {"in", Direction::Inbound},
    {"terminating", Direction::Inbound},
    {"outbound", Direction::Outbound},
    {"outgoing", Direction::Outbound},
    {"out", Direction::Outbound},
    {"originating", Direction::Outbound},
    {"internal", Direction::Internal},
}};

Direction direction_in(std::string_view value) {
  const auto found = std::find_if(kWords.begin(), kWords.end(),
                                  [value](const auto& word) { return iequals(word.first, value); });
  return found == kWords.end() ? Direction::Unknown : found->second;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Direction direction_in(std::string_view key, std::string_view value) {
  const auto name = to_lower(key);
  // BroadWorks: <callType><origCall>...</origCall></callType>, seen from the recorded user.
  if (contains(name, "calltype/origcall")) return Direction::Outbound;
  if (contains(name, "calltype/termcall")) return Direction::Inbound;
  const bool about_it = contains(name, "direction") || contains(name, "calltype") ||
                        contains(name, "call-type") || contains(name, "call_type");
  return about_it ? direction_in(trim(value)) : Direction::Unknown;
}

}  // namespace

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::Inbound:
      return "inbound";
    case Direction::Outbound:
      return "outbound";
    case Direction::Internal:
      return "internal";
    case Direction::Unknown:
      break;
  }
  return "unknown";
}

Direction direction_of(const SessionEntry& session) {
  for (const auto& [key, value, owner] : session.extensions) {
    const auto direction = direction_in(key, value);
    if (direction != Direction::Unknown) return direction;
  }
  return Direction::Unknown;
}

}  // namespace srs::recording
