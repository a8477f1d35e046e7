// SIP requests and responses as values; sofia's own types stay inside src/sip.
#pragma once

#include <srs/util/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::sip {

struct Address {
  std::string display;  // without quotes
  std::string uri;      // `sip:alice@example.com;transport=tcp`
  std::string tag;      // From and To
};

struct Request {
  std::string method;
  std::string uri;
  std::string call_id;
  std::uint32_t cseq = 0;
  Address from;
  Address to;
  Address contact;
  // Contact carries +sip.src, or one of its old spellings (src, +sip-src).
  bool src_contact = false;
  bool requires_siprec = false;                // `siprec` in Require
  bool supports_siprec = false;                // `siprec` in Supported
  std::optional<std::string> session_expires;  // RFC 4028, as received
  std::string content_type;
  std::string body;
  std::string transport;  // `udp`, `tcp`, `tls`
  std::string source;     // `192.0.2.1:5060`, from where it really came
  std::string user_agent;
  std::optional<WallTime> date;  // the Date header
  WallTime received;
  // Every header that is not part of SIP's own machinery (P-Asserted-Identity, Diversion,
  // Session-ID, User-to-User, X-..., traceparent), in order, bounded in count and size.
  std::vector<std::pair<std::string, std::string>> headers;

  // The value of the first header of that name among `headers`, nullptr where there is none.
  const std::string* header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string phrase;  // empty: the standard one
  // For the other side's engineer: what to change. Sent as a Warning header (RFC 3261 §20.43, code
  // 399).
  std::string warning;
  std::string content_type;  // with `body`
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
};

// Without a body; with a `warning` where the peer can do something about it.
inline Response refusal(int status, std::string warning = {}) {
  return {status, {}, std::move(warning), {}, {}, {}};
}

}  // namespace srs::sip
