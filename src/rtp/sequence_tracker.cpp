#include "sequence_tracker.hpp"

#include <algorithm>

namespace srs::rtp {

std::uint64_t SequenceTracker::epoch() const {
  const auto highest = unwrapper_.highest();
  return highest ? *highest - lowest_ + 1 : 0;
}

std::uint64_t SequenceTracker::expected() const {
  return settled_ + epoch();
}

// The unwrapper begins one cycle up; RFC 3550 counts cycles from none.
std::uint32_t SequenceTracker::highest() const {
  return static_cast<std::uint32_t>(unwrapper_.highest().value_or(0x10000) - 0x10000);
}

void SequenceTracker::begin(std::uint16_t sequence) {
  unwrapper_ = {};
  lowest_ = unwrapper_.extend(sequence);
  seen_.reset();
  seen(lowest_) = true;
}

SequenceTracker::Arrival SequenceTracker::update(std::uint16_t sequence, std::uint32_t timestamp) {
  const auto highest = unwrapper_.highest();
  if (!highest) {
    begin(sequence);
    timestamp_ = timestamp;
    return Arrival::InOrder;
  }
  const std::int64_t step =
      static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - *highest));
  if (jumped(step, timestamp)) return after_jump(sequence, timestamp);
  if (step > 0) return advance(step, sequence, timestamp);
  return look_back(sequence);
}

// RFC 3550 §A.1 takes 3000 numbers ahead for loss and more for a restart. An outage of more than a
// minute is loss too: there the timestamp has gone on by exactly as many packets.
bool SequenceTracker::jumped(std::int64_t step, std::uint32_t timestamp) const {
  if (step <= 0) return step <= -window || used_anew(step, timestamp);
  if (step < max_dropout) return false;
  const auto on = static_cast<std::uint32_t>(step) * timestamp_step_;
  return timestamp_step_ == 0 || timestamp - timestamp_ != on;
}

// The number of a packet that came, with a timestamp that was not reached then, or one of long ago.
bool SequenceTracker::used_anew(std::int64_t step, std::uint32_t timestamp) const {
  const auto extended = *unwrapper_.highest() + static_cast<std::uint64_t>(step);
  if (!seen_.test(extended % window)) return false;
  const auto behind = static_cast<std::int32_t>(timestamp_ - timestamp);
  return behind < 0 || behind > max_behind;
}

// One packet far off may be a stray: it counts for itself. Two in a row are a sender that began
// anew (RFC 3550 §A.1).
SequenceTracker::Arrival SequenceTracker::after_jump(std::uint16_t sequence,
                                                     std::uint32_t timestamp) {
  const auto previous = static_cast<std::uint16_t>(sequence - 1);
  if (next_after_jump_ == static_cast<std::uint16_t>(sequence + 1)) return Arrival::Duplicate;
  if (next_after_jump_ != sequence) {
    next_after_jump_ = static_cast<std::uint16_t>(sequence + 1);
    ++settled_;
    return Arrival::InOrder;
  }
  next_after_jump_.reset();
  settled_ += epoch() - 1;  // the stray was the new sequence's first
  begin(previous);
  timestamp_step_ = 0;
  advance(1, sequence, timestamp);
  return Arrival::Restart;
}

SequenceTracker::Arrival SequenceTracker::advance(std::int64_t step, std::uint16_t sequence,
                                                  std::uint32_t timestamp) {
  const auto extended = unwrapper_.extend(sequence);
  for (std::int64_t i = 1; i < std::min(step, window); ++i)
    seen(extended - static_cast<std::uint64_t>(i)) = false;
  seen(extended) = true;
  // A standing timestamp (telephone events) is no step.
  if (step == 1 && timestamp != timestamp_) timestamp_step_ = timestamp - timestamp_;
  timestamp_ = timestamp;
  return Arrival::InOrder;
}

SequenceTracker::Arrival SequenceTracker::look_back(std::uint16_t sequence) {
  const auto extended = unwrapper_.extend(sequence);
  if (seen(extended)) return Arrival::Duplicate;
  lowest_ = std::min(lowest_, extended);
  seen(extended) = true;
  return Arrival::Reordered;
}

}  // namespace srs::rtp
