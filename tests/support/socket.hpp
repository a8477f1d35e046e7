// Plain sockets of the loopback, closed when they go.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace srs::test {

// An IPv4 socket; errors of the system throw std::system_error, since a test can't go on.
class Socket {
 public:
  // Bound to `host`:`port`; where that port is taken, to any free one.
  static Socket udp(std::uint32_t host, std::uint16_t port = 0);
  // Connected to `port` of 127.0.0.1, from `host`.
  static Socket tcp(std::uint32_t host, std::uint16_t port);

  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  std::uint16_t port() const;  // our own
  int fd() const { return fd_; }

  void send_to(std::uint16_t port, std::string_view bytes) const;  // UDP, to 127.0.0.1
  void send(std::string_view bytes) const;                         // TCP, all of it
  // What is there now or comes within `limit`; nothing otherwise, empty where TCP was closed.
  std::optional<std::string> receive(std::chrono::milliseconds limit) const;

 private:
  explicit Socket(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Whether the machine has IPv6 at all: ::1 can be bound.
bool has_ipv6();

inline constexpr std::uint32_t kLoopback = 0x7F000001;  // 127.0.0.1

}  // namespace srs::test
