#include "config/short_names.hpp"

#include <srs/util/text.hpp>

namespace srs::config {
namespace {

std::string as_it_is(const Settings&, const std::string& value) {
  return value;
}

// `0.0.0.0:8080` with another port.
std::string with_port(const std::string& listen, const std::string& port) {
  return listen.substr(0, listen.rfind(':') + 1) + port;
}

std::string http_port(const Settings& settings, const std::string& value) {
  return with_port(settings.http.listen, value);
}

// Moves the udp: and tcp: listeners; a tls: one keeps its own port.
std::string sip_port(const Settings& settings, const std::string& value) {
  std::string all;
  for (const auto& listener : settings.sip.listen) {
    all += (all.empty() ? "" : ",") +
           (listener.starts_with("tls:") ? listener : with_port(listener, value));
  }
  return all;
}

// Other servers look their address up where this says `auto`; ours is found call by call.
std::string external_ip(const Settings&, const std::string& value) {
  return iequals(value, "auto") ? "" : value;
}

}  // namespace

const std::vector<ShortName>& short_names() {
  static const std::vector<ShortName> all = {
      {"EXTERNAL_IP", "sip.external_address", external_ip},
      {"HTTP_PORT", "http.listen", http_port},
      {"RECORDING_DIR", "recording.directory", as_it_is},
      {"SIP_PORT", "sip.listen", sip_port},
  };
  return all;
}

}  // namespace srs::config
