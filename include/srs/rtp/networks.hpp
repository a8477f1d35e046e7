// Networks in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).
#pragma once

#include <srs/rtp/packet.hpp>
#include <srs/util/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace srs::rtp {

// `192.0.2.0/24`, `2001:db8::/32`, or a single address. An IPv4 network holds no IPv6 address.
struct Network {
  sa_family_t family = AF_INET;
  std::array<std::uint8_t, 16> address{};  // the first 4 bytes for IPv4
  unsigned prefix = 0;                     // bits

  static Result<Network> parse(std::string_view text);
  bool contains(const Endpoint& endpoint) const;
};

// An error names the first entry that is no network.
Result<std::vector<Network>> parse_networks(const std::vector<std::string>& texts);

}  // namespace srs::rtp
