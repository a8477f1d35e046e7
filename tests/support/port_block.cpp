#include "support/port_block.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace srs::test {
namespace {

constexpr unsigned kBlocks = 100;  // 12000-31999: the kernel's own range begins at 32768
constexpr std::uint16_t kBase = 12000;

int try_lock(unsigned block) {
  const auto name = "siprec-test-ports-" + std::to_string(::getuid()) + "-" + std::to_string(block);
  const auto path = std::filesystem::temp_directory_path() / name;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

}  // namespace

PortBlock::PortBlock() {
  const auto start = static_cast<unsigned>(::getpid());
  for (unsigned i = 0; i < kBlocks && lock_ < 0; ++i) {
    const auto block = (start + i) % kBlocks;
    lock_ = try_lock(block);
    first_ = static_cast<std::uint16_t>(kBase + block * kPorts);
  }
  if (lock_ < 0) throw std::runtime_error("no free block of test ports");
}

PortBlock::~PortBlock() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace srs::test
