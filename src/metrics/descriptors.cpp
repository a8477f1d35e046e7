#include "metrics/descriptors.hpp"

#include <srs/util/text.hpp>

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace srs::metrics {
namespace {

// The slots of the descriptor table: no open descriptor has a higher number (proc(5)).
std::size_t table_size() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("FDSize:")) {
      return to_number<std::size_t>(trim(std::string_view(line).substr(7))).value_or(0);
    }
  }
  return 0;
}

}  // namespace

std::uint64_t count_descriptors() {
  const auto counted = count_descriptors_by_stat();
  return counted > 0 ? counted : count_descriptors_by_poll();
}

std::uint64_t count_descriptors_by_stat() {
  struct stat info {};
  if (::stat("/proc/self/fd", &info) != 0) return 0;
  return static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
}

std::uint64_t count_descriptors_by_poll() {
  // In pieces, since poll() takes no more than the soft limit, which may be below the table's size.
  constexpr std::size_t kPiece = 64;
  const std::size_t size = table_size();
  std::vector<pollfd> slots(kPiece);
  std::uint64_t open = 0;
  for (std::size_t first = 0; first < size; first += kPiece) {
    for (std::size_t i = 0; i < kPiece; ++i) slots[i] = {static_cast<int>(first + i), 0, 0};
    if (::poll(slots.data(), kPiece, 0) < 0) return 0;
    open += static_cast<std::uint64_t>(
        std::count_if(slots.begin(), slots.end(),
                      [](const pollfd& slot) { return (slot.revents & POLLNVAL) == 0; }));
  }
  return open;
}

}  // namespace srs::metrics
