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
  // As it was said: a number that was found may go on.
  const bool open = redactor_.has_rules() && ends_in_number(result);
  results_.push_back(std::move(result));
  if (open && hiding_.empty() && results_.size() < kMost) return {};
  Transcript together;
  together.segments = results_;
  const auto untimed = redactor_.redact(together);
  const bool found = !together.redactions.empty() || together.segments.size() < results_.size();
  // No number is among so many yet, and one that the oldest belongs to would be whole by now: it
  // goes, and what may be one goes on waiting.
  if (open && hiding_.empty() && !found) {
    results_.erase(results_.begin());
    together.segments.resize(1);
    return {events_of(std::move(together)), 0};
  }
  results_.clear();
  // What stands behind a number that was found may begin another one, and no more can be held: of
  // such digits nothing is told, up to their end.
  if (open && hiding_.empty())
    hiding_ = together.redactions.empty() ? "digits" : together.redactions.back().rule;
  if (!hiding_.empty()) hide(together);
  if (!open) hiding_.clear();
  return {events_of(std::move(together)), untimed.size()};
}

// The place counts as taken out: its sound must not stay either.
void HeldBack::hide(Transcript& transcript) const {
  for (auto& segment : transcript.segments) {
    const auto before = segment.text;
    hide_numbers(segment);
    if (segment.text != before)
      transcript.redactions.push_back({hiding_, segment.channel, segment.start, segment.end});
  }
}

HeldBack::Told HeldBack::release() {
  Transcript together;
  together.segments = std::exchange(results_, {});
  const auto untimed = redactor_.redact(together);
  return {events_of(std::move(together)), untimed.size()};
}

}  // namespace srs::stt
