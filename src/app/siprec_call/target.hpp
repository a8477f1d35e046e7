// Where calls go and from which of our addresses.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace srs::call {

struct Target {
  std::string user;  // may be empty
  std::string host;  // as given, without brackets; numeric after resolve()
  std::uint16_t port = 5060;
  bool tcp = false;

  // `sip:srs@192.0.2.1:5060;transport=tcp`
  std::string uri() const;
};

// Reads `sip:[USER@]HOST[:PORT][;transport=udp|tcp]`, with or without `sip:`.
Result<Target> parse_target(std::string_view text);

// The same with the host's address in place of its name. Asks DNS: blocks.
Result<Target> resolve(const Target& target);

// The address of ours from which packets for `target` leave.
Result<std::string> local_address_for(const Target& target);

// `[2001:db8::1]`, `192.0.2.1`
std::string bracketed(const std::string& host);

}  // namespace srs::call
