#include "sip/objection.hpp"

#include "sip/bounded_messages.hpp"
#include "sip/convert.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

namespace srs::sip {
namespace {

std::string unsupported_features(const sip_t& sip) {
  std::string result;
  if (sip.sip_require == nullptr) return result;
  const auto understood = split(Replier::understood, ',');
  for (auto* item = sip.sip_require->k_items; item != nullptr && *item != nullptr; ++item) {
    const bool known = std::any_of(understood.begin(), understood.end(),
                                   [item](std::string_view name) { return iequals(name, *item); });
    if (known) continue;
    if (!result.empty()) result += ", ";
    result += *item;
  }
  return result;
}

bool is_encoded(const sip_t& sip) {
  const auto* encoding = sip.sip_content_encoding;
  if (encoding == nullptr || sip.sip_payload == nullptr || encoding->k_items == nullptr)
    return false;
  return encoding->k_items[0] != nullptr && !iequals(encoding->k_items[0], "identity");
}

// sofia takes `@@@` for an address. What RFC 3261 §20.10 wants is a URI: a scheme, or where an old
// SRC leaves that out at least a host.
bool is_address(const sip_addr_t* address) {
  const auto* url = address->a_url;
  if (url->url_scheme != nullptr && url->url_scheme[0] != '\0') return true;
  const std::string_view host = url->url_host != nullptr ? url->url_host : "";
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view(".-_:[]").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// The mandatory header (RFC 3261 §8.1.1) that can't be read, empty: none. Where one of them is so
// broken that sofia reads nothing in it, sofia has answered 400 itself.
std::string_view unreadable(const sip_t& sip) {
  if (!is_address(sip.sip_from)) return "From";
  if (!is_address(sip.sip_to)) return "To";
  return {};
}

// An emergency call may go on by its service, `urn:service:sos` (RFC 5031, RFC 6881): whom it asks
// for matters nothing to a recorder.
bool has_usable_uri(const sip_t& sip) {
  const auto* uri = sip.sip_request->rq_url;
  const auto type = uri->url_type;
  const bool urn = uri->url_scheme != nullptr && iequals(uri->url_scheme, "urn");
  return type == url_sip || type == url_sips || type == url_tel || urn;
}

Objection too_large(const sip_t& sip, std::size_t size, std::size_t max_size) {
  auto response = refusal(513, "messages may have " + std::to_string(max_size) +
                                   " bytes, this one has " + std::to_string(size));
  // What was left unread was counted when its headers came.
  if (body_left_unread(sip)) return {std::move(response), {}, std::nullopt};
  return {std::move(response), {}, Metrics::Malformed::TooLarge};
}

Objection cut_short(const sip_t& sip) {
  return {refusal(400, "Content-Length says " + std::to_string(sip.sip_content_length->l_length) +
                           " bytes of body, fewer came: was the message cut short on its way? Over "
                           "UDP a large one needs TCP (RFC 3261 18.1.1)"),
          {},
          Metrics::Malformed::Header};
}

Objection unsupported(std::string features) {
  Objection objection{
      refusal(420, "Require names " + features + "; this server knows " + Replier::understood),
      {},
      std::nullopt};
  objection.extras.unsupported = std::move(features);
  return objection;
}

Objection encoded() {
  Objection objection{refusal(415, "Content-Encoding is not supported: send the body as it is"),
                      {},
                      Metrics::Malformed::Encoding};
  objection.extras.identity_only = true;
  return objection;
}

}  // namespace

// A stream that ends in mid-header ends the message for sofia: what it never said is not there.
bool lacks_length(const sip_t& sip) {
  const auto* via = sip.sip_via;
  const bool stream = via != nullptr && !istarts_with(via->v_protocol, "SIP/2.0/UDP");
  return stream && sip.sip_content_length == nullptr;
}

std::size_t declared_size(const sip_t& sip, const msg_t* message) {
  return size_of(message) + (body_left_unread(sip) ? sip.sip_content_length->l_length : 0);
}

std::optional<Objection> objection_to(const sip_t& sip, const msg_t* message,
                                      std::size_t max_size) {
  if (const auto size = declared_size(sip, message); size > max_size)
    return too_large(sip, size, max_size);
  if (lacks_length(sip)) {
    return Objection{refusal(400,
                             "over TCP and TLS every message needs Content-Length (RFC 3261 18.3); "
                             "was this one cut off?"),
                     {},
                     Metrics::Malformed::Header};
  }
  if (body_left_unread(sip)) return cut_short(sip);
  if (const auto header = unreadable(sip); !header.empty()) {
    return Objection{
        refusal(400, std::string(header) +
                         " can't be read: write it as \"Name\" <sip:user@host>;tag=..."),
        {},
        Metrics::Malformed::Header};
  }
  if (is_other_version(sip))
    return Objection{refusal(505, "this server speaks SIP/2.0"), {}, std::nullopt};
  if (!has_usable_uri(sip)) {
    return Objection{
        refusal(416, "the Request-URI must be a sip:, sips:, tel: or urn: URI"), {}, std::nullopt};
  }
  if (auto features = unsupported_features(sip); !features.empty())
    return unsupported(std::move(features));
  if (is_encoded(sip)) return encoded();
  return std::nullopt;
}

}  // namespace srs::sip
