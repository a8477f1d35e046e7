// Whether work that waits for something outside, a disk, gets on.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

namespace srs {

// Counts the pieces of work that one thread does for others. From any thread.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // One more piece waits.
  void begin(Clock::time_point now = Clock::now()) {
    const std::lock_guard lock(mutex_);
    if (waiting_++ == 0) since_ = now;
  }
  // One is done.
  void end(Clock::time_point now = Clock::now()) {
    const std::lock_guard lock(mutex_);
    --waiting_;
    since_ = now;
  }
  // For how long none was done though one waits; zero where none waits.
  std::chrono::nanoseconds stalled(Clock::time_point now = Clock::now()) const {
    const std::lock_guard lock(mutex_);
    return waiting_ > 0 ? now - since_ : Clock::duration(0);
  }

 private:
  mutable std::mutex mutex_;
  std::size_t waiting_ = 0;
  Clock::time_point since_;
};

// One piece of work for as long as this lives.
class Working {
 public:
  explicit Working(Progress& progress) : progress_(progress) { progress_.begin(); }
  ~Working() { progress_.end(); }
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;

 private:
  Progress& progress_;
};

}  // namespace srs
