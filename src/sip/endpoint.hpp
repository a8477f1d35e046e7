// Where to listen, as the configuration writes it.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace srs::sip {

// `udp:192.0.2.1:5060`, `tcp:[::]:5060`, `tls:0.0.0.0:5061`.
struct Endpoint {
  std::string transport;   // `udp`, `tcp`, `tls`
  std::string host;        // an address, IPv6 without brackets
  std::uint16_t port = 0;  // 0: any free one
  bool ipv6 = false;
  bool wildcard = false;  // 0.0.0.0 or ::

  std::string text() const;
};

Result<Endpoint> parse_endpoint(std::string_view text);

// IPv6 addresses get their brackets, everything else stays.
std::string in_uri(std::string_view host);

// The address of ours from which packets to `peer` (`192.0.2.1:5060`, `[::1]:5060`) would leave;
// empty where there is no route.
std::string address_towards(std::string_view peer);

// The addresses of this host that a wildcard stands for: all but IPv6 link-local ones.
std::vector<std::string> local_addresses();

}  // namespace srs::sip
