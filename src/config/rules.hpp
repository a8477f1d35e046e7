// What single texts among the settings must look like. Each returns what is wrong, empty: nothing.
#pragma once

#include <string>
#include <string_view>

namespace srs::config {

std::string sip_listener(std::string_view text);     // udp:0.0.0.0:5060
std::string endpoint(std::string_view text);         // 0.0.0.0:8080
std::string numeric_address(std::string_view text);  // 0.0.0.0, ::
std::string network(std::string_view text);          // 192.0.2.0/24, 2001:db8::/32, 192.0.2.1
std::string host_or_empty(std::string_view text);    // 203.0.113.7, srs.example.com
std::string bearer_token(std::string_view text);     // printable ASCII without spaces, or empty
std::string secret_text(std::string_view text);      // no control characters; shows nothing of it
std::string printable(std::string_view text);        // no control characters

}  // namespace srs::config
