// Mapped files whose disk fails.
#pragma once

#include <cstddef>

namespace srs::recording {

// While it lives, a page between `begin` and `begin + size` that its file does not give any more (a
// bad block, a file that was cut, a file system that went away) does not end the process (SIGBUS):
// from that page on the memory is zeros, and failed() says so. `begin` is that of a mapping, which
// outlives it. Where more than 512 live at a time, the others are not watched.
class WatchedMemory {
 public:
  WatchedMemory(const void* begin, std::size_t size);
  ~WatchedMemory();
  WatchedMemory(const WatchedMemory&) = delete;
  WatchedMemory& operator=(const WatchedMemory&) = delete;

  bool failed() const;

 private:
  std::size_t range_ = 0;  // among those that the signal's handler knows
};

}  // namespace srs::recording
