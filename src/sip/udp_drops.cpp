#include "sip/udp_drops.hpp"

#include "sip/listener_sockets.hpp"

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace srs::sip {

bool UdpDrops::knows(const Listener& listener) const {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [&](const Socket& socket) { return socket.transport == listener.transport; });
}

void UdpDrops::find(const std::vector<Listener>& listeners) {
  std::vector<const Listener*> missing;
  for (const auto& listener : listeners) {
    if (listener.endpoint.transport == "udp" && !knows(listener)) missing.push_back(&listener);
  }
  // Looked for once, found or not: a search costs a system call for each descriptor.
  const auto found = sockets_of(missing);
  for (std::size_t i = 0; i < missing.size(); ++i)
    sockets_.push_back({missing[i]->transport, found[i]});
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
