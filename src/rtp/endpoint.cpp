#include <srs/rtp/packet.hpp>

#include <arpa/inet.h>

#include <cstring>

namespace srs::rtp {
namespace {

const sockaddr_in& v4(const Endpoint& endpoint) {
  return reinterpret_cast<const sockaddr_in&>(endpoint.storage);
}
const sockaddr_in6& v6(const Endpoint& endpoint) {
  return reinterpret_cast<const sockaddr_in6&>(endpoint.storage);
}

}  // namespace

std::optional<Endpoint> Endpoint::from(std::string_view host, std::uint16_t port) {
  Endpoint result;
  const std::string text(host);
  auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
  auto& in6 = reinterpret_cast<sockaddr_in6&>(result.storage);
  if (::inet_pton(AF_INET, text.c_str(), &in.sin_addr) == 1) {
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    return result;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &in6.sin6_addr) == 1) {
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    return result;
  }
  return std::nullopt;
}

std::uint16_t Endpoint::port() const {
  return ntohs(is_v6() ? v6(*this).sin6_port : v4(*this).sin_port);
}

std::string Endpoint::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (is_v6()) {
    ::inet_ntop(AF_INET6, &v6(*this).sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(port());
  }
  ::inet_ntop(AF_INET, &v4(*this).sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(port());
}

bool Endpoint::operator==(const Endpoint& other) const {
  if (storage.ss_family != other.storage.ss_family || port() != other.port()) return false;
  if (!is_v6()) return v4(*this).sin_addr.s_addr == v4(other).sin_addr.s_addr;
  return std::memcmp(&v6(*this).sin6_addr, &v6(other).sin6_addr, sizeof(in6_addr)) == 0;
}

}  // namespace srs::rtp
