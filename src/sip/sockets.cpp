#include "sip/sockets.hpp"

#include "sip/convert.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace srs::sip {
namespace {

// More than any listener of ours can have: they are made before the media's sockets.
constexpr rlim_t kHighestDescriptor = 65536;

int highest_descriptor() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min(limit.rlim_cur, kHighestDescriptor));
}

int option(int descriptor, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : 0;
}

// `get`: getsockname or getpeername. Nothing where it is no socket, or none of the internet.
template <class Get>
std::optional<su_sockaddr_t> address_by(Get get, int descriptor) {
  su_sockaddr_t address{};
  socklen_t length = sizeof address;
  if (get(descriptor, &address.su_sa, &length) != 0) return std::nullopt;
  if (address.su_family != AF_INET && address.su_family != AF_INET6) return std::nullopt;
  return address;
}

struct Bound {
  bool datagrams = false;
  std::string address;
  std::uint16_t port = 0;
};

// Nothing for connections: they have their listener's address.
std::optional<Bound> bound_to(int descriptor) {
  const int type = option(descriptor, SO_TYPE);
  const bool listens = type == SOCK_STREAM && option(descriptor, SO_ACCEPTCONN) != 0;
  if (type != SOCK_DGRAM && !listens) return std::nullopt;
  const auto address = address_by(::getsockname, descriptor);
  if (!address) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  su_inet_ntop(address->su_family, SU_ADDR(&*address), text.data(), text.size());
  return Bound{type == SOCK_DGRAM, text.data(), ntohs(address->su_port)};
}

bool is(const Listener& listener, const Bound& bound) {
  return (listener.endpoint.transport == "udp") == bound.datagrams &&
         listener.endpoint.port == bound.port && listener.address == bound.address;
}

}  // namespace

std::vector<int> sockets_of(const std::vector<const Listener*>& listeners) {
  std::vector<int> result(listeners.size(), -1);
  auto missing = listeners.size();
  for (int fd = 0, end = highest_descriptor(); fd < end && missing > 0; ++fd) {
    const auto bound = bound_to(fd);
    if (!bound) continue;
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      if (result[i] >= 0 || !is(*listeners[i], *bound)) continue;
      result[i] = fd;
      --missing;
      break;
    }
  }
  return result;
}

std::vector<Connected> connections_of(const std::vector<Listener>& listeners) {
  const auto is_ours = [&listeners](int descriptor) {
    const auto local = address_by(::getsockname, descriptor);
    return local && std::any_of(listeners.begin(), listeners.end(), [&](const Listener& listener) {
             return listener.endpoint.transport != "udp" &&
                    listener.endpoint.port == ntohs(local->su_port);
           });
  };
  std::vector<Connected> found;
  for (int fd = 0, end = highest_descriptor(); fd < end; ++fd) {
    const auto peer = address_by(::getpeername, fd);
    if (!peer || option(fd, SO_TYPE) != SOCK_STREAM || !is_ours(fd)) continue;
    auto text = to_text(*peer);
    auto host = text.substr(0, text.rfind(':'));
    found.push_back({fd, std::move(text), std::move(host)});
  }
  return found;
}

void shut_down(const Connected& connection) {
  ::shutdown(connection.descriptor, SHUT_RDWR);
}

std::string peer_of(const tport_t* connection) {
  const auto* address = tport_get_address(connection);
  if (address == nullptr || address->ai_addr == nullptr) return {};
  su_sockaddr_t peer{};
  std::memcpy(&peer, address->ai_addr,
              std::min<std::size_t>(sizeof peer, static_cast<std::size_t>(address->ai_addrlen)));
  return to_text(peer);
}

void StreamBuffers::bound(const std::vector<Listener>& listeners) {
  std::vector<const Listener*> fresh;
  for (const auto& listener : listeners) {
    const bool known = std::find(known_.begin(), known_.end(), listener.transport) != known_.end();
    if (listener.endpoint.transport != "udp" && !known) fresh.push_back(&listener);
  }
  for (const int descriptor : sockets_of(fresh)) {
    if (descriptor < 0) continue;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    ::listen(descriptor, SOMAXCONN);  // once more: on Linux that sets the length of its queue
  }
  // Looked for once, found or not.
  for (const auto* listener : fresh) known_.push_back(listener->transport);
}

}  // namespace srs::sip
