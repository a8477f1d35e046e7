#include "app/siprec_call/target.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

namespace srs::call {
namespace {

using boost::asio::ip::udp;

Error wrong(std::string_view text, const std::string& why) {
  return Error{"target '" + std::string(text) + "': " + why + "; write sip:HOST:PORT"};
}

struct HostPort {
  std::string_view host;
  std::string_view port;  // empty: none
};

HostPort split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {};
    const auto rest = text.substr(close + 1);
    return {text.substr(1, close - 1), rest.starts_with(':') ? rest.substr(1) : rest};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string Target::uri() const {
  return "sip:" + (user.empty() ? "" : user + "@") + bracketed(host) + ":" + std::to_string(port) +
         (tcp ? ";transport=tcp" : "");
}

Result<Target> parse_target(std::string_view text) {
  Target target;
  auto rest = trim(text);
  if (istarts_with(rest, "sips:")) return wrong(text, "TLS is not supported here");
  if (istarts_with(rest, "sip:")) rest.remove_prefix(4);
  const auto parameters = split(rest, ';');
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    if (iequals(parameters[i], "transport=tcp"))
      target.tcp = true;
    else if (!iequals(parameters[i], "transport=udp"))
      return wrong(text, "unknown parameter");
  }
  rest = parameters.empty() ? std::string_view{} : parameters.front();
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    target.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  const auto [host, port] = split_port(rest);
  if (host.empty()) return wrong(text, "no host");
  target.host = host;
  if (!port.empty()) {
    const auto number = to_number<std::uint16_t>(port);
    if (!number || *number == 0) return wrong(text, "no usable port");
    target.port = *number;
  }
  return target;
}

Result<Target> resolve(const Target& target) {
  boost::asio::io_context context;
  boost::system::error_code error;
  udp::resolver resolver(context);
  const auto found = resolver.resolve(target.host, std::to_string(target.port),
                                      udp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return Error{"host '" + target.host + "' has no address: " + error.message()};
  }
  // IPv4 first: that is what recorders listen on unless told otherwise.
  auto chosen = found.begin()->endpoint().address();
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) {
      chosen = entry.endpoint().address();
      break;
    }
  }
  Target numeric = target;
  numeric.host = chosen.to_string();
  return numeric;
}

Result<std::string> local_address_for(const Target& target) {
  boost::asio::io_context context;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(target.host, error);
  udp::socket socket(context);
  // Connecting a UDP socket sends nothing; it asks the routing table.
  if (!error) socket.connect({address, target.port}, error);
  if (error) return Error{"no route to " + target.host + ": " + error.message()};
  return socket.local_endpoint().address().to_string();
}

}  // namespace srs::call
