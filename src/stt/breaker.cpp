#include "stt/breaker.hpp"

#include <algorithm>

namespace srs::stt {

Breaker::Time Breaker::ready_at(Time now) const {
  if (!open_) return now;
  if (trying_) return now + std::max(pause_ / 10, std::chrono::milliseconds(1));
  return std::max(until_, now);
}

void Breaker::begin(Time) {
  if (open_) trying_ = true;
}

void Breaker::succeeded() {
  failures_ = 0;
  open_ = false;
  trying_ = false;
  pause_ = {};
}

void Breaker::failed(Time now, bool at_once) {
  ++failures_;
  if (!open_ && !at_once && failures_ < options_.failures) return;
  // Requests that were on their way when it opened tell nothing new.
  if (open_ && !trying_) return;
  pause_ = open_ ? std::min(pause_ * 2, options_.longest_pause) : options_.pause;
  open_ = true;
  trying_ = false;
  until_ = now + pause_;
}

void Breaker::abandoned() {
  trying_ = false;
}

Breaker::State Breaker::state(Time now) const {
  if (!open_) return State::Closed;
  return trying_ || now >= until_ ? State::HalfOpen : State::Open;
}

}  // namespace srs::stt
