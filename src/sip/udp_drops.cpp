#include "sip/udp_drops.hpp"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>

namespace srs::sip {
namespace {

// More than any listener of ours can have: they are made before the media's sockets.
constexpr rlim_t kHighestDescriptor = 65536;

int highest_descriptor() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min(limit.rlim_cur, kHighestDescriptor));
}

struct Bound {
  std::string address;
  std::uint16_t port = 0;
};

std::optional<Bound> bound_to(int descriptor) {
  int type = 0;
  socklen_t length = sizeof type;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_DGRAM) {
    return std::nullopt;
  }
  su_sockaddr_t address{};
  length = sizeof address;
  if (::getsockname(descriptor, &address.su_sa, &length) != 0) return std::nullopt;
  if (address.su_family != AF_INET && address.su_family != AF_INET6) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  su_inet_ntop(address.su_family, SU_ADDR(&address), text.data(), text.size());
  return Bound{text.data(), ntohs(address.su_port)};
}

}  // namespace

bool UdpDrops::knows(const Listener& listener) const {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [&](const Socket& socket) { return socket.transport == listener.transport; });
}

void UdpDrops::find(const std::vector<Listener>& listeners) {
  std::vector<const Listener*> missing;
  for (const auto& listener : listeners) {
    if (listener.endpoint.transport == "udp" && !knows(listener)) missing.push_back(&listener);
  }
  for (int fd = 0, end = highest_descriptor(); fd < end && !missing.empty(); ++fd) {
    const auto bound = bound_to(fd);
    if (!bound) continue;
    const auto found = std::find_if(missing.begin(), missing.end(), [&](const Listener* listener) {
      return listener->endpoint.port == bound->port && listener->address == bound->address;
    });
    if (found == missing.end()) continue;
    sockets_.push_back({(*found)->transport, fd});
    missing.erase(found);
  }
  // Looked for once: a search costs a system call for each descriptor.
  for (const auto* listener : missing) sockets_.push_back({listener->transport, -1});
}

std::uint64_t UdpDrops::count() const {
  std::uint64_t drops = 0;
  for (const auto& socket : sockets_) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t length = sizeof info;
    if (::getsockopt(socket.descriptor, SOL_SOCKET, SO_MEMINFO, info.data(), &length) == 0) {
      drops += info[SK_MEMINFO_DROPS];
    }
  }
  return drops;
}

}  // namespace srs::sip
