// sofia's messages as our values.
#pragma once

#include "sip/sofia.hpp"

#include <srs/sip/message.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::sip {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Bounds of what is kept of one message.
constexpr std::size_t max_headers = 64;
constexpr std::size_t max_header_size = 4096;

Request to_request(const sip_t& sip, const msg_t* message, std::string_view transport);

// `192.0.2.1:5060`, `[2001:db8::1]:5060`: from where the message came.
std::string source_of(const msg_t* message);
// Whether it came from the network.
bool has_source(const msg_t* message);
std::string to_text(const su_sockaddr_t& address);
// The message's bytes, but for a Via that sofia wrote anew. msg_size() counts a body twice that
// came over a stream in several reads.
std::size_t size_of(const msg_t* message);

std::string to_text(const url_t& url);
// The header's value as received, folded lines joined.
std::string to_text(const sip_header_t* header);
std::string content_type_of(const sip_t& sip);
std::string body_of(const sip_t& sip);
// Every header, or only those that are not part of SIP's own machinery.
Headers headers_of(const sip_t& sip, bool with_machinery);

// The whole message as text, for the trace log.
std::string to_text(msg_t* message);

// The Contact's URI where sofia can't read the header (`<<sip:a@b>;+sip.src>`); empty where there
// is none. `src` says whether it carries +sip.src in one of its spellings.
struct RawContact {
  std::string uri;
  bool src = false;
};
RawContact raw_contact(const sip_t& sip);

}  // namespace srs::sip
