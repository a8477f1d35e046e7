// When a disk that refused a file is tried again.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace srs {

// Pauses that double from a second to a minute, and begin anew once the disk took something.
class RetryPause {
 public:
  std::chrono::seconds next() { return std::exchange(pause_, std::min(2 * pause_, longest)); }
  void reset() { pause_ = shortest; }

 private:
  static constexpr std::chrono::seconds shortest{1};
  static constexpr std::chrono::seconds longest{60};
  std::chrono::seconds pause_ = shortest;
};

}  // namespace srs
