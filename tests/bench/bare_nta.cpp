// What a SIP call costs at least with sofia's transaction layer: an answerer on its own su_root
// that reads no body, opens no port and keeps nothing but the dialog. Usage: `bare_nta UDP_PORT`.
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport_tag.h>

#include <csignal>
#include <cstdio>
#include <string>

namespace {

constexpr const char* kAnswer =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 0 101\r\na=recvonly\r\na=label:1\r\n"
    "m=audio 9 RTP/AVP 0 101\r\na=recvonly\r\na=label:2\r\n";

nta_agent_t* agent = nullptr;
std::string contact;

// In a dialog: BYE ends it, the rest is answered by sofia.
int on_dialog(nta_leg_magic_t*, nta_leg_t* leg, nta_incoming_t* irq, const sip_t* sip) {
  if (sip->sip_request->rq_method != sip_method_bye) return 200;
  nta_incoming_treply(irq, SIP_200_OK, TAG_END());
  nta_incoming_destroy(irq);
  nta_leg_destroy(leg);
  return 0;
}

// The ACK of our 200, or its absence.
int on_ack(nta_incoming_magic_t*, nta_incoming_t* irq, const sip_t*) {
  nta_incoming_destroy(irq);
  return 0;
}

int on_invite(nta_leg_magic_t*, nta_leg_t*, nta_incoming_t* irq, const sip_t* sip) {
  if (sip->sip_request->rq_method != sip_method_invite) return 481;
  nta_leg_t* leg = nta_leg_tcreate(agent, on_dialog, nullptr, SIPTAG_CALL_ID(sip->sip_call_id),
                                   SIPTAG_FROM(sip->sip_to), SIPTAG_TO(sip->sip_from), TAG_END());
  nta_leg_server_route(leg, sip->sip_record_route, sip->sip_contact);
  const char* tag = nta_leg_tag(leg, nullptr);
  nta_incoming_tag(irq, tag);
  nta_incoming_bind(irq, on_ack, nullptr);
  nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
  nta_incoming_treply(irq, SIP_200_OK, SIPTAG_CONTACT_STR(contact.c_str()),
                      SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(kAnswer),
                      TAG_END());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string port = argc > 1 ? argv[1] : "5060";
  std::signal(SIGTERM, [](int) { std::_Exit(0); });
  su_init();
  su_root_t* root = su_root_create(nullptr);
  contact = "<sip:127.0.0.1:" + port + ">;+sip.srs";
  const std::string url = "sip:127.0.0.1:" + port;
  agent = nta_agent_create(root, URL_STRING_MAKE(url.c_str()), nullptr, nullptr, NTATAG_UA(1),
                           TPTAG_UDP_RMEM(4 << 20), TAG_END());
  if (agent == nullptr) {
    std::fprintf(stderr, "bare_nta: can't listen on %s\n", url.c_str());
    return 1;
  }
  nta_leg_tcreate(agent, on_invite, nullptr, NTATAG_NO_DIALOG(1), TAG_END());
  su_root_run(root);
}
