// An address in 24 bytes, for what a stream remembers; Endpoint takes 128.
#pragma once

#include <srs/rtp/packet.hpp>

#include <array>
#include <cstdint>

namespace srs::rtp {

class Address {
 public:
  Address() = default;
  explicit Address(const Endpoint& endpoint);

  explicit operator bool() const { return family_ != AF_UNSPEC; }
  bool is(const Endpoint& endpoint) const;  // the same address and port
  Endpoint endpoint() const;
  std::uint16_t port() const;

  // One host that can be answered: no multicast, broadcast or unspecified address, no port 0.
  bool answerable() const;
  // The same host's next port; port 0 where there is none.
  Address next_port() const;

 private:
  sa_family_t family_ = AF_UNSPEC;
  in_port_t port_ = 0;       // network order
  std::uint32_t scope_ = 0;  // the interface of a link-local address
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace srs::rtp
