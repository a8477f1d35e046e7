#include "support/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace srs::test {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in address(std::uint32_t host, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(host);
  out.sin_port = htons(port);
  return out;
}

bool bind_to(int fd, std::uint32_t host, std::uint16_t port) {
  const auto to = address(host, port);
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
}

}  // namespace

bool has_ipv6() {
  const int fd = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
  ::close(fd);
  return bound;
}

Socket Socket::udp(std::uint32_t host, std::uint16_t port) {
  Socket out(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (out.fd_ < 0) fail("socket");
  if (!bind_to(out.fd_, host, port) && !bind_to(out.fd_, host, 0)) fail("bind");
  return out;
}

Socket Socket::tcp(std::uint32_t host, std::uint16_t port) {
  Socket out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (out.fd_ < 0) fail("socket");
  if (!bind_to(out.fd_, host, 0)) fail("bind");
  const auto to = address(kLoopback, port);
  if (::connect(out.fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  return out;
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

std::uint16_t Socket::port() const {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size) != 0) fail("getsockname");
  return ntohs(own.sin_port);
}

void Socket::send_to(std::uint16_t port, std::string_view bytes) const {
  const auto to = address(kLoopback, port);
  const auto sent = ::sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to), sizeof to);
  // A refusal concerns an earlier datagram (ICMP); this one is gone as datagrams go.
  if (sent < 0 && errno != ECONNREFUSED) fail("sendto");
}

void Socket::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::optional<std::string> Socket::receive(std::chrono::milliseconds limit) const {
  pollfd wait{fd_, POLLIN, 0};
  const auto ready = ::poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(0, limit.count())));
  if (ready <= 0) return std::nullopt;
  std::string bytes(65536, '\0');
  const auto size = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (size < 0 && (errno == ECONNREFUSED || errno == EINTR)) return std::nullopt;
  if (size < 0 && errno == ECONNRESET) return std::string{};
  if (size < 0) fail("recv");
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace srs::test
