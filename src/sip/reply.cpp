#include "sip/reply.hpp"

#include <algorithm>

namespace srs::sip {
namespace {

constexpr std::chrono::seconds default_retry_after{10};

// A quoted-string holds no line ends; sofia escapes the rest.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::chrono::seconds retry_after_of(const Response& response) {
  if (response.retry_after) return *response.retry_after;
  return response.status == 503 ? default_retry_after : std::chrono::seconds{0};
}

}  // namespace

Replier::Replier(Agent& agent, const std::string& user_agent, const std::string& host)
    : host_(host),
      server_(sip_server_make(agent.home(), user_agent.c_str())),
      allow_(sip_allow_make(agent.home(), allowed)),
      supported_(sip_supported_make(agent.home(), "siprec, timer")),
      accept_(sip_accept_make(agent.home(),
                              "application/sdp, application/rs-metadata+xml, "
                              "application/rs-metadata, multipart/mixed")) {}

bool Replier::send(nta_incoming_t* irq, const Response& response, const ReplyExtras& extras) const {
  const int status = response.status;
  sip_payload_t payload;
  sip_payload_init(&payload);
  payload.pl_data = const_cast<char*>(response.body.data());
  payload.pl_len = response.body.size();

  sip_warning_t warning;
  sip_warning_init(&warning);
  const auto text = one_line(response.warning);
  warning.w_code = 399;  // RFC 3261 §20.43: miscellaneous warning
  warning.w_host = host_.c_str();
  warning.w_text = text.c_str();

  const auto retry_after = std::to_string(retry_after_of(response).count());
  const auto min_se = std::to_string(extras.min_se.count());
  nta_incoming_treply(
      irq, status, response.phrase.empty() ? nullptr : response.phrase.c_str(),
      SIPTAG_SERVER(server_), TAG_IF(extras.contact != nullptr, SIPTAG_CONTACT(extras.contact)),
      TAG_IF(extras.capabilities || status == 405 || status == 501, SIPTAG_ALLOW(allow_)),
      TAG_IF(extras.capabilities || status == 420, SIPTAG_SUPPORTED(supported_)),
      TAG_IF(extras.capabilities || status == 415, SIPTAG_ACCEPT(accept_)),
      TAG_IF(extras.identity_only, SIPTAG_ACCEPT_ENCODING_STR("identity")),
      TAG_IF(!extras.session_expires.empty(),
             SIPTAG_SESSION_EXPIRES_STR(extras.session_expires.c_str())),
      TAG_IF(extras.require_timer, SIPTAG_REQUIRE_STR("timer")),
      TAG_IF(!extras.unsupported.empty(), SIPTAG_UNSUPPORTED_STR(extras.unsupported.c_str())),
      TAG_IF(extras.min_se.count() > 0, SIPTAG_MIN_SE_STR(min_se.c_str())),
      TAG_IF(retry_after != "0", SIPTAG_RETRY_AFTER_STR(retry_after.c_str())),
      TAG_IF(!text.empty(), SIPTAG_WARNING(&warning)),
      TAG_IF(!response.body.empty(), SIPTAG_CONTENT_TYPE_STR(response.content_type.c_str())),
      TAG_IF(!response.body.empty(), SIPTAG_PAYLOAD(&payload)), TAG_END());
  return nta_incoming_status(irq) >= 200;
}

void Replier::send_trying(nta_incoming_t* irq) const {
  nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
}

}  // namespace srs::sip
