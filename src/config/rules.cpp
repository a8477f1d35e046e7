#include "config/rules.hpp"

#include "config/values.hpp"

#include <srs/util/endpoint.hpp>
#include <srs/util/text.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace srs::config {
namespace {

bool is_address(std::string_view text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(text), error);
  return !error;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

}  // namespace

std::string sip_listener(std::string_view text) {
  const auto colon = text.find(':');
  const auto transport = text.substr(0, colon);
  if (colon == std::string_view::npos ||
      (transport != "udp" && transport != "tcp" && transport != "tls")) {
    return in_quotes(text) +
           " is no listener: write it as udp:0.0.0.0:5060, tcp:[::]:5060 or "
           "tls:0.0.0.0:5061";
  }
  return endpoint(text.substr(colon + 1));
}

std::string endpoint(std::string_view text) {
  const auto parsed = parse_endpoint(text);
  return parsed ? "" : parsed.error().text;
}

std::string numeric_address(std::string_view text) {
  return is_address(text) ? "" : in_quotes(text) + " is no numeric address, such as 0.0.0.0 or ::";
}

std::string network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const bool v6 = address.find(':') != std::string_view::npos;
  const auto prefix = slash == std::string_view::npos ? std::optional<unsigned>(0)
                                                      : to_number<unsigned>(text.substr(slash + 1));
  if (is_address(address) && prefix && *prefix <= (v6 ? 128U : 32U)) return "";
  return in_quotes(text) + " is no network: write it as 192.0.2.0/24 or 2001:db8::/32";
}

std::string host_or_empty(std::string_view text) {
  if (text.empty() || is_address(text)) return "";
  const bool plausible =
      text.size() <= 253 && std::all_of(text.begin(), text.end(), is_host_character);
  // Digits and dots that are no address are a mistyped one.
  const bool digits = text.find_first_not_of("0123456789.") == std::string_view::npos;
  if (plausible && !digits) return "";
  return in_quotes(text) + " is neither an address nor a host name: no port, no sip: before it";
}

std::string bearer_token(std::string_view text) {
  const bool fine = text.size() <= 4096 && std::all_of(text.begin(), text.end(),
                                                       [](char c) { return c > ' ' && c < 0x7F; });
  return fine ? "" : "has spaces or is not printable ASCII of at most 4096 characters";
}

std::string printable(std::string_view text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != 0x7F;
  });
  return clean ? "" : in_quotes(text) + " contains control characters";
}

}  // namespace srs::config
