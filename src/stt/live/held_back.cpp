#include "stt/live/held_back.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace srs::stt {
namespace {

// A place goes with the result that it begins in, which has the mark.
std::vector<LiveEvent> events_of(Transcript transcript) {
  std::vector<LiveEvent> events;
  for (auto& segment : transcript.segments) events.push_back({{}, true, std::move(segment), {}});
  for (auto& place : transcript.redactions) {
    const auto after = std::find_if(events.begin(), events.end(), [&](const LiveEvent& event) {
      return event.segment.start > place.start;
    });
    if (events.empty()) break;
    auto& event = after == events.begin() ? *after : *std::prev(after);
    event.redactions.push_back(std::move(place));
  }
  return events;
}

}  // namespace

HeldBack::Told HeldBack::add(Segment result) {
  results_.push_back(std::move(result));
  Transcript together;
  together.segments = results_;
  const auto untimed = redactor_.redact(together);
  // As it was said: a number that was found may go on.
  const bool open = redactor_.has_rules() && ends_in_number(results_.back());
  if (open && results_.size() < kMost) return {};
  // No number is among so many yet: the oldest go, and what may be one goes on waiting.
  if (open && together.redactions.empty() && together.segments.size() == results_.size()) {
    results_.erase(results_.begin());
    together.segments.resize(1);
    return {events_of(std::move(together)), 0};
  }
  results_.clear();
  return {events_of(std::move(together)), untimed.size()};
}

HeldBack::Told HeldBack::release() {
  Transcript together;
  together.segments = std::exchange(results_, {});
  const auto untimed = redactor_.redact(together);
  return {events_of(std::move(together)), untimed.size()};
}

}  // namespace srs::stt
