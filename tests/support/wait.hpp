// Waiting for conditions, never for time.
#pragma once

#include <chrono>
#include <thread>

namespace srs::test {

// How long a test waits for what should happen soon; long enough for a sanitizer build on a busy
// machine, and only ever waited out by a test that fails.
inline constexpr std::chrono::seconds kSoon{20};

// True as soon as `condition()` is; false when `limit` has passed without.
template <class Condition>
bool wait_until(Condition&& condition, std::chrono::milliseconds limit = kSoon,
                std::chrono::milliseconds step = std::chrono::milliseconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(step);
  }
  return true;
}

}  // namespace srs::test
