#include <srs/rtp/networks.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <cstring>

namespace srs::rtp {
namespace {

const std::uint8_t* raw_address(const Endpoint& endpoint) {
  if (endpoint.is_v6()) {
    return reinterpret_cast<const sockaddr_in6&>(endpoint.storage).sin6_addr.s6_addr;
  }
  return reinterpret_cast<const std::uint8_t*>(
      &reinterpret_cast<const sockaddr_in&>(endpoint.storage).sin_addr);
}

Error no_network(std::string_view text) {
  return Error{"`" + std::string(text) +
               "` is no network: write an address with an optional prefix length, such as "
               "192.0.2.0/24 or 2001:db8::/32"};
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const auto parts = split(text, '/', 2);
  const auto endpoint = Endpoint::from(parts[0], 0);
  if (!endpoint) return no_network(text);
  const unsigned bits = endpoint->is_v6() ? 128 : 32;
  const auto prefix = parts.size() == 2 ? to_number<unsigned>(parts[1]) : bits;
  if (!prefix || *prefix > bits) return no_network(text);
  Network network{endpoint->storage.ss_family, {}, *prefix};
  std::memcpy(network.address.data(), raw_address(*endpoint), bits / 8);
  return network;
}

bool Network::contains(const Endpoint& endpoint) const {
  if (endpoint.storage.ss_family != family) return false;
  const auto* other = raw_address(endpoint);
  const auto whole = prefix / 8;
  if (!std::equal(other, other + whole, address.begin())) return false;
  const auto rest = prefix % 8;
  return rest == 0 || (other[whole] ^ address[whole]) >> (8 - rest) == 0;
}

Result<std::vector<Network>> parse_networks(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const auto& text : texts) {
    auto network = Network::parse(text);
    if (!network) return network.error();
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace srs::rtp
