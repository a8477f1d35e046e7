#include "recording/files/same_codec.hpp"

#include <srs/recording/document.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxWarnings = 100;

constexpr std::array<std::string_view, 4> kStates = {"recording", "rendering", "complete",
                                                     "failed"};
constexpr std::array<std::string_view, 10> kReasons = {
    "bye",          "cancelled",   "no_media", "inactivity", "session_expired",
    "max_duration", "max_streams", "shutdown", "crashed",    "failed"};

}  // namespace

std::string_view to_string(State state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::string_view to_string(EndReason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}

std::optional<EndReason> end_reason(std::string_view text) {
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    if (kReasons[i] == text) return static_cast<EndReason>(i);
  }
  return std::nullopt;
}

const PayloadEntry* mapped_anew(const StreamEntry& stream) {
  for (const auto& former : stream.former_payloads) {
    const auto& old = former.payload;
    for (const auto& now : stream.payloads) {
      if (now.type == old.type && !same_codec(now, old)) return &old;
    }
  }
  return nullptr;
}

void Document::warn(std::string warning) {
  if (warnings.size() >= kMaxWarnings) return;
  for (const auto& known : warnings) {
    if (known == warning) return;
  }
  if (warnings.size() + 1 == kMaxWarnings) warning = "more warnings were left out";
  warnings.push_back(std::move(warning));
}

bool had_media(const Document& document) {
  return std::any_of(document.streams.begin(), document.streams.end(),
                     [](const StreamEntry& stream) { return stream.packets_received > 0; });
}

}  // namespace srs::recording
