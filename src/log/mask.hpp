// What may not stand in a log: secrets never, phone numbers where the operator says so.
#pragma once

#include <string>
#include <string_view>

namespace srs::log {

struct Masking {
  bool numbers = false;
};

// `text` without
// - passwords of URIs (`sip:user:***@host`, `https://user:***@host`),
// - credentials of SIP and HTTP: values of Authorization, Cookie and all headers that are named
//   after keys, tokens, secrets and passwords; `Bearer ***`; but not what is said of a file that
//   holds one (`stt.openai.api_key_file: ...`, `/etc/siprec/tls.key: ...`),
// - media keys (RFC 4568 `inline:***`, `a=ice-pwd:***`, `k=***`),
// and where `masking.numbers`, without all but the last three digits of phone numbers: the user
// part of sip:, sips: and tel: URIs, numbers in quotes, in an XML element or a header of their own,
// and a value that is one. Whole SIP messages are texts like any other.
std::string masked(std::string_view text, const Masking& masking);

}  // namespace srs::log
