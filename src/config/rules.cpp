#include "config/rules.hpp"

#include "config/values.hpp"

#include <srs/util/endpoint.hpp>
#include <srs/util/text.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace srs::config {
namespace {

constexpr std::size_t kLongestToken = 4096;

bool is_address(std::string_view text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(text), error);
  return !error;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

// What a secret may not have in it, without showing any of it; `more` names what else that is.
template <class More>
std::string unfit(std::string_view text, More more) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const char* what = c == '\n' || c == '\r' ? "a line break"
                       : c < ' ' || c == 0x7F ? "a control character"
                                              : more(c);
    if (what != nullptr)
      return std::string("has ") + what + " in it, at byte " + std::to_string(i + 1);
  }
  return {};
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
  if (text.size() > kLongestToken)
    return "is longer than " + std::to_string(kLongestToken) + " characters";
  return unfit(text, [](unsigned char c) {
    return c == ' ' ? "a space" : c > 0x7F ? "a character that is not ASCII" : nullptr;
  });
}

std::string secret_text(std::string_view text) {
  return unfit(text, [](unsigned char) { return nullptr; });
}

std::string printable(std::string_view text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != 0x7F;
  });
  return clean ? "" : in_quotes(text) + " contains control characters";
}

}  // namespace srs::config
