// How late something began that had its time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace srs::call {

// A caller that is late measures itself and not the recorder, so it says how late it was.
class Lateness {
 public:
  // Early counts as in time.
  void add(std::chrono::nanoseconds late) {
    late = std::max(late, std::chrono::nanoseconds{0});
    sum_ += late;
    max_ = std::max(max_, late);
    ++count_;
  }
  std::chrono::nanoseconds mean() const {
    return count_ == 0 ? sum_ : sum_ / static_cast<std::int64_t>(count_);
  }
  std::chrono::nanoseconds max() const { return max_; }

 private:
  std::chrono::nanoseconds sum_{0};
  std::chrono::nanoseconds max_{0};
  std::uint64_t count_ = 0;
};

}  // namespace srs::call
