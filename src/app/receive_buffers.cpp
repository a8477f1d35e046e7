#include "app/receive_buffers.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace srs::app {
namespace {

// Bytes that a UDP socket gets of `wanted`; `wanted` where that can't be tried. Asked for as sofia
// and the media's sockets do: beyond net.core.rmem_max where we have the privilege.
int granted(int wanted) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return wanted;
  int doubled = 0;  // by the kernel, for its own overhead (socket(7))
  socklen_t length = sizeof doubled;
  const bool tried =
      (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) == 0 ||
       ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted) == 0) &&
      ::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &doubled, &length) == 0;
  ::close(socket);
  return tried ? doubled / 2 : wanted;
}

void warn(std::string_view key, int wanted, log::Logger& log) {
  const int got = granted(wanted);
  if (got >= wanted - 1) return;  // what is doubled ends at 2 GiB
  log.warning("receive_buffer_small",
              {{"key", key},
               {"wanted_bytes", wanted},
               {"granted_bytes", got},
               {"hint", "sysctl -w net.core.rmem_max=" + std::to_string(wanted)}});
}

bool listens_on_udp(const config::Settings& settings) {
  for (const auto& listener : settings.sip.listen)
    if (listener.starts_with("udp:")) return true;
  return false;
}

}  // namespace

void warn_of_small_receive_buffers(const config::Settings& settings, log::Logger& log) {
  if (listens_on_udp(settings))
    warn("sip.udp_receive_buffer", settings.sip.udp_receive_buffer, log);
  if (settings.rtp.receive_buffer > 0) warn("rtp.receive_buffer", settings.rtp.receive_buffer, log);
}

}  // namespace srs::app
