// Addresses of record as SRCs write them.
#pragma once

#include <string>
#include <string_view>

namespace srs::siprec {

struct Address {
  std::string aor;           // `sip:alice@example.com`
  std::string display_name;  // of a whole name-addr, else empty
};

// Reads what stands in a nameID: a URI, a URI without its scheme (then `sip:` is meant where there
// is an @), a bare number (kept), or a whole name-addr, once more escaped or not.
Address read_address(std::string_view text);

}  // namespace srs::siprec
