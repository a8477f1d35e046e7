#include <srs/util/endpoint.hpp>
#include <srs/util/text.hpp>

#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstring>

namespace srs {
namespace {

Error not_an_endpoint(std::string_view text, const char* why) {
  return {"`" + to_utf8(text.substr(0, 100)) + "` is no ADDRESS:PORT: " + why};
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return not_an_endpoint(text, "the port is missing");
  std::string_view host = text.substr(0, colon);
  const auto port = to_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return not_an_endpoint(text, "the port must be a number from 0 to 65535");

  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  if (error) return not_an_endpoint(text, "the address must be numeric, such as 0.0.0.0 or [::]");
  if (address.is_v6() != bracketed) {
    return not_an_endpoint(text, "an IPv6 address, and only that, stands in brackets: [::]:5060");
  }
  return Endpoint{address, *port};
}

std::string to_string(const Endpoint& endpoint) {
  const std::string host = endpoint.address.to_string();
  return (endpoint.address.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port);
}

std::string bind_refusal(int error, std::uint16_t port) {
  constexpr std::uint16_t kPrivileged = 1024;  // net.ipv4.ip_unprivileged_port_start
  std::string text = std::strerror(error);
  if (error == EACCES && port < kPrivileged) {
    text +=
        "; a port below 1024 takes CAP_NET_BIND_SERVICE (AmbientCapabilities= of the unit, or "
        "setcap): grant it, or choose a port above";
  }
  return text;
}

}  // namespace srs
