#include "address.hpp"

#include <algorithm>
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

Address::Address(const Endpoint& endpoint) : family_(endpoint.storage.ss_family) {
  if (endpoint.is_v6()) {
    port_ = v6(endpoint).sin6_port;
    scope_ = v6(endpoint).sin6_scope_id;
    std::memcpy(bytes_.data(), &v6(endpoint).sin6_addr, 16);
  } else {
    port_ = v4(endpoint).sin_port;
    std::memcpy(bytes_.data(), &v4(endpoint).sin_addr, 4);
  }
}

bool Address::is(const Endpoint& endpoint) const {
  if (endpoint.storage.ss_family != family_) return false;
  if (endpoint.is_v6()) {
    return v6(endpoint).sin6_port == port_ &&
           std::memcmp(&v6(endpoint).sin6_addr, bytes_.data(), 16) == 0;
  }
  return v4(endpoint).sin_port == port_ &&
         std::memcmp(&v4(endpoint).sin_addr, bytes_.data(), 4) == 0;
}

Endpoint Address::endpoint() const {
  Endpoint result;
  result.storage.ss_family = family_;
  if (family_ == AF_INET6) {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    in6.sin6_port = port_;
    in6.sin6_scope_id = scope_;
    std::memcpy(&in6.sin6_addr, bytes_.data(), 16);
  } else {
    auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
    in.sin_port = port_;
    std::memcpy(&in.sin_addr, bytes_.data(), 4);
  }
  return result;
}

std::uint16_t Address::port() const {
  return ntohs(port_);
}

bool Address::answerable() const {
  if (family_ == AF_UNSPEC || port_ == 0) return false;
  const auto length = family_ == AF_INET6 ? 16 : 4;
  const auto zero = [](std::uint8_t byte) { return byte == 0; };
  if (std::all_of(bytes_.begin(), bytes_.begin() + length, zero)) return false;
  if (family_ == AF_INET6) return bytes_[0] != 0xFF;  // RFC 4291 §2.7
  // 224/4 is multicast (RFC 5771), 240/4 reserved with 255.255.255.255 in it (RFC 1112 §4), 0/8
  // "this network" (RFC 1122 §3.2.1.3). A subnet's own broadcast address fails in the kernel, as
  // SO_BROADCAST is off.
  return bytes_[0] != 0 && bytes_[0] < 224;
}

Address Address::next_port() const {
  auto result = *this;
  result.port_ = htons(static_cast<std::uint16_t>(port() + 1));
  return result;
}

}  // namespace srs::rtp
