#include "support/port_block.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
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

bool can_bind(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) ::close(fd);
  return bound;
}

}  // namespace

PortBlock::PortBlock() {
  const auto start = static_cast<unsigned>(::getpid());
  for (unsigned i = 0; i < kBlocks && lock_ < 0; ++i) {
    const auto block = (start + i) % kBlocks;
    first_ = static_cast<std::uint16_t>(kBase + block * kPorts);
    // A recorder that runs on this machine has all ports of its range open.
    if (can_bind(first_) && can_bind(last())) lock_ = try_lock(block);
  }
  if (lock_ < 0) throw std::runtime_error("no free block of test ports");
}

PortBlock::~PortBlock() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace srs::test
