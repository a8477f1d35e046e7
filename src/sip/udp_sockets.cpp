#include "sip/udp_sockets.hpp"

#include "sip/sockets.hpp"

#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

namespace srs::sip {
namespace {

// More is a clock that was set meanwhile: the peer gives up after 32 s (RFC 3261 §17.1.1.2).
constexpr std::chrono::seconds longest_wait{60};

// CLOCK_REALTIME, as the kernel stamped what was read last from the socket. Asking for the first
// time switches the stamps on (socket(7)).
std::optional<std::chrono::nanoseconds> last_stamp(int descriptor) {
  timespec stamp{};
  if (::ioctl(descriptor, SIOCGSTAMPNS, &stamp) != 0) return std::nullopt;
  return std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
}

}  // namespace

bool UdpSockets::knows(const Listener& listener) const {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [&](const Socket& socket) { return socket.transport == listener.transport; });
}

void UdpSockets::find(const std::vector<Listener>& listeners) {
  std::vector<const Listener*> missing;
  for (const auto& listener : listeners) {
    if (listener.endpoint.transport == "udp" && !knows(listener)) missing.push_back(&listener);
  }
  // Looked for once, found or not: a search costs a system call for each descriptor.
  const auto found = sockets_of(missing);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    sockets_.push_back({missing[i]->transport, found[i]});
    last_stamp(found[i]);
  }
}

std::chrono::nanoseconds UdpSockets::waited(const tport_t* transport) const {
  const auto at = std::find_if(sockets_.begin(), sockets_.end(),
                               [&](const Socket& socket) { return socket.transport == transport; });
  if (at == sockets_.end()) return {};
  const auto stamp = last_stamp(at->descriptor);
  if (!stamp) return {};
  const std::chrono::nanoseconds waited =
      std::chrono::system_clock::now().time_since_epoch() - *stamp;
  return waited.count() < 0 || waited > longest_wait ? std::chrono::nanoseconds(0) : waited;
}

std::uint64_t UdpSockets::drops() const {
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
