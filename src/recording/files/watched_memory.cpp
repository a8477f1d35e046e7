#include "recording/files/watched_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxRanges = 512;  // more than there are render threads

struct Range {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<bool> failed{false};
};

// What a signal does belongs to the process, and so does what its handler looks into.
std::array<Range, kMaxRanges> ranges;
std::once_flag handled;
const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));

// Zeros from the page of `address` to the end of its range; false where it is in none. Safe in a
// signal handler: atomics, and a system call.
bool replace(std::uintptr_t address) {
  for (auto& range : ranges) {
    if (address < range.begin || address >= range.end) continue;
    range.failed = true;
    const auto from = address & ~(page - 1);
    void* at = reinterpret_cast<void*>(from);  // NOLINT(performance-no-int-to-ptr)
    return ::mmap(at, range.end - from, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                  0) == at;
  }
  return false;
}

void on_bus_error(int signal, siginfo_t* info, void*) {
  const int error = errno;
  // Anybody else's ends the process as ever: the access is made again.
  if (!replace(reinterpret_cast<std::uintptr_t>(info->si_addr))) ::signal(signal, SIG_DFL);
  errno = error;
}

void handle_bus_errors() {
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

WatchedMemory::WatchedMemory(const void* begin, std::size_t size) {
  std::call_once(handled, handle_bus_errors);
  while (range_ < ranges.size() && ranges[range_].taken.exchange(true)) ++range_;
  if (range_ == ranges.size()) return;
  auto& range = ranges[range_];
  range.failed = false;
  range.begin = reinterpret_cast<std::uintptr_t>(begin);
  range.end = range.begin + size;
}

WatchedMemory::~WatchedMemory() {
  if (range_ == ranges.size()) return;
  auto& range = ranges[range_];
  range.end = 0;
  range.begin = 0;
  range.taken = false;
}

bool WatchedMemory::failed() const {
  return range_ < ranges.size() && ranges[range_].failed;
}

}  // namespace srs::recording
