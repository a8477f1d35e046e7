#include "recording/session_notes.hpp"

#include "recording/call_time.hpp"

#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxEvents = 1000;  // in metadata.json

}  // namespace

SessionNotes::SessionNotes(Document& document, Metrics& metrics, log::Logger log)
    : document_(document), metrics_(metrics), log_(std::move(log)) {}

void SessionNotes::note(std::string event, std::string detail) {
  if (document_.events.size() >= kMaxEvents) return;
  document_.events.push_back({now_ms(), std::move(event), std::move(detail)});
}

std::int64_t SessionNotes::now_ms() const {
  return ms_from_start(document_, wall_now());
}

void SessionNotes::warn(Warning kind, std::string text) {
  tell(kind, text);
  document_.warn(std::move(text));
}

void SessionNotes::warn(Warning kind, std::vector<std::string> texts) {
  for (auto& text : texts) warn(kind, std::move(text));
}

void SessionNotes::tell_since(Warning kind, std::size_t known) {
  for (auto i = known; i < document_.warnings.size(); ++i) tell(kind, document_.warnings[i]);
}

void SessionNotes::tell(Warning kind, const std::string& text) {
  const auto index = static_cast<std::size_t>(kind);
  metrics_.warned(kind, !warned_.test(index));
  warned_.set(index);
  log_.warning("session_warning", {{"kind", to_string(kind)}, {"warning", text}});
}

}  // namespace srs::recording
