#include "socket.hpp"

#include <srs/rtp/packet.hpp>

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace srs::rtp {
namespace {

void set_option(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

Endpoint local_endpoint(int socket) {
  Endpoint result;
  socklen_t length = sizeof result.storage;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&result.storage), &length);
  return result;
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Bound bind_udp(const std::string& address, std::uint16_t port) {
  const auto local = Endpoint::from(address, port);
  if (!local) return {Fd{}, EINVAL};
  Fd socket{::socket(local->storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) return {Fd{}, errno};
  if (local->is_v6()) set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  set_option(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
  const socklen_t length = local->is_v6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&local->storage), length) != 0)
    return {Fd{}, errno};
  return {std::move(socket), 0};
}

std::uint16_t local_port(int socket) {
  return local_endpoint(socket).port();
}

bool is_v6(int socket) {
  return local_endpoint(socket).is_v6();
}

void set_receive_buffer(int socket, int bytes) {
  set_option(socket, SOL_SOCKET, SO_RCVBUF, bytes);
}

void force_receive_buffer(int socket, int bytes) {
  if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
    set_receive_buffer(socket, bytes);
}

int receive_buffer(int socket) {
  int doubled = 0;
  socklen_t length = sizeof doubled;
  ::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &doubled, &length);
  return doubled / 2;
}

std::uint64_t discard_waiting(int socket, std::uint64_t limit) {
  std::uint64_t count = 0;
  while (count < limit && ::recv(socket, nullptr, 0, MSG_DONTWAIT | MSG_TRUNC) >= 0) ++count;
  return count;
}

std::uint32_t kernel_drops(int socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t length = sizeof info;
  if (::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, info.data(), &length) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace srs::rtp
