// An address and a port, as configuration and logs write them.
#pragma once

#include <srs/util/result.hpp>

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace srs {

struct Endpoint {
  boost::asio::ip::address address;
  std::uint16_t port = 0;
};

// `192.0.2.1:5060`, `[2001:db8::1]:5060`. Numeric addresses only: nothing is looked up.
Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_string(const Endpoint& endpoint);

// What the system says where `port` can't be bound (`error` is errno's), and what helps where that
// is known.
std::string bind_refusal(int error, std::uint16_t port);

}  // namespace srs
