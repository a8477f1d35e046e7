#include "http/taken.hpp"

// The C library's own header of that name lacks tcpi_bytes_acked (since Linux 4.1).
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace srs::http {

std::uint64_t bytes_taken(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_acked;
}

}  // namespace srs::http
