// A range of UDP ports that no other test process on this machine uses at the same time.
#pragma once

#include <cstdint>

namespace srs::test {

// Holds [first, last]: 200 ports below the range from which the kernel picks ports itself.
// Ownership is a lock on a file, so the kernel frees it however the test ends.
class PortBlock {
 public:
  PortBlock();
  PortBlock(const PortBlock&) = delete;
  PortBlock& operator=(const PortBlock&) = delete;
  ~PortBlock();

  std::uint16_t first() const { return first_; }
  std::uint16_t last() const { return static_cast<std::uint16_t>(first_ + kPorts - 1); }

 private:
  static constexpr std::uint16_t kPorts = 200;
  int lock_ = -1;
  std::uint16_t first_ = 0;
};

}  // namespace srs::test
