// What may happen with every packet is logged at most once a second.
#pragma once

#include <srs/util/time.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace srs::rtp {

class Occasionally {
 public:
  // Calls `write` with how often it happened since it was last called.
  template <class Write>  // void(std::uint64_t count)
  void log(WallTime now, std::uint64_t times, Write write) {
    count_ += times;
    if (last_ && now - *last_ < std::chrono::seconds(1) && now >= *last_) return;
    last_ = now;
    write(std::exchange(count_, 0));
  }

 private:
  std::optional<WallTime> last_;
  std::uint64_t count_ = 0;
};

}  // namespace srs::rtp
