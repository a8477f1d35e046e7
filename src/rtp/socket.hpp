// UDP sockets as the pool opens them.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace srs::rtp {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// What bind_udp met; `error` is an errno.
struct Bound {
  Fd socket;
  int error = 0;
};

// A non-blocking UDP socket at `address` (numeric, IPv4 or IPv6) and `port` (0: any), with kernel
// receive timestamps. `::` takes IPv4 as well.
Bound bind_udp(const std::string& address, std::uint16_t port);

std::uint16_t local_port(int socket);
bool is_v6(int socket);

// Bytes as SO_RCVBUF takes them; the kernel doubles them for its own overhead.
void set_receive_buffer(int socket, int bytes);
// The same, beyond net.core.rmem_max where we have the privilege (CAP_NET_ADMIN).
void force_receive_buffer(int socket, int bytes);
int receive_buffer(int socket);

// Throws away what waits, at most `limit` datagrams, and counts it.
std::uint64_t discard_waiting(int socket, std::uint64_t limit);

// Datagrams that the kernel dropped at this socket since it was opened (wraps at 2^32).
std::uint32_t kernel_drops(int socket);

}  // namespace srs::rtp
