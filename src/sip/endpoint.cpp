#include "sip/endpoint.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <ifaddrs.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <utility>

namespace srs::sip {
namespace {

namespace ip = boost::asio::ip;

struct HostPort {
  ip::address address;
  std::uint16_t port = 0;
};

std::optional<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(host), error);
  const auto port = to_number<std::uint16_t>(text.substr(colon + 1));
  if (error || !port || address.is_v6() != bracketed) return std::nullopt;
  return HostPort{address, *port};
}

}  // namespace

std::string in_uri(std::string_view host) {
  const bool bare_ipv6 = host.find(':') != std::string_view::npos && host.front() != '[';
  return bare_ipv6 ? "[" + std::string(host) + "]" : std::string(host);
}

std::string Endpoint::text() const {
  return transport + ":" + in_uri(host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.find(':');
  const auto transport = to_lower(text.substr(0, colon));
  const auto where =
      colon == std::string_view::npos ? std::nullopt : parse_host_port(text.substr(colon + 1));
  if (!where || (transport != "udp" && transport != "tcp" && transport != "tls")) {
    return Error{"'" + std::string(text) +
                 "' is no listener: write udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, "
                 "IPv6 addresses in brackets"};
  }
  return Endpoint{transport, where->address.to_string(), where->port, where->address.is_v6(),
                  where->address.is_unspecified()};
}

std::string address_towards(std::string_view peer) {
  const auto where = parse_host_port(peer);
  if (!where) return {};
  const ip::udp::endpoint remote(where->address, where->port);
  const int socket = ::socket(remote.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return {};
  ip::udp::endpoint local(remote.protocol(), 0);
  auto size = static_cast<socklen_t>(local.capacity());
  // Connecting a datagram socket asks for the route and sends nothing.
  const bool routed =
      ::connect(socket, remote.data(), static_cast<socklen_t>(remote.size())) == 0 &&
      ::getsockname(socket, local.data(), &size) == 0;
  ::close(socket);
  return routed ? local.address().to_string() : std::string();
}

std::vector<std::string> local_addresses() {
  std::vector<std::string> result;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return result;
  for (const auto* it = all; it != nullptr; it = it->ifa_next) {
    if (it->ifa_addr == nullptr) continue;
    const auto family = it->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    ip::udp::endpoint endpoint(family == AF_INET ? ip::udp::v4() : ip::udp::v6(), 0);
    std::memcpy(endpoint.data(), it->ifa_addr, endpoint.size());
    const auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_link_local()) continue;
    result.push_back(address.to_string());
  }
  ::freeifaddrs(all);
  return result;
}

}  // namespace srs::sip
