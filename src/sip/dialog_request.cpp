#include "sip/dialog_request.hpp"

#include "sip/convert.hpp"
#include "sip/server.hpp"

#include <random>
#include <utility>

namespace srs::sip {
namespace {

bool usable(const tport_t* connection) {
  return connection != nullptr && tport_is_secondary(connection) && !tport_is_closed(connection) &&
         !tport_is_shutdown(connection);
}

}  // namespace

std::chrono::milliseconds glare_delay() {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(10 * std::uniform_int_distribution<int>(1, 200)(random));
}

std::string reason_header(std::string_view text, int cause) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return "SIP;cause=" + std::to_string(cause) + ";text=\"" + quoted + "\"";
}

// What sofia needs to compose a request of ours. It lives for that moment only: a lasting leg would
// take the SRC's requests away from us.
Leg DialogRequest::make_leg() const {
  const auto home = make_home();
  Leg leg(nta_leg_tcreate(server_.agent().get(), nullptr, nullptr,
                          SIPTAG_CALL_ID_STR(identity_.call_id.c_str()),
                          SIPTAG_FROM_STR(identity_.local.c_str()),
                          SIPTAG_TO_STR(identity_.remote.c_str()), TAG_END()));
  const auto* route = identity_.record_route.empty()
                          ? nullptr
                          : sip_record_route_make(home.get(), identity_.record_route.c_str());
  const auto* contact = sip_contact_make(home.get(), ("<" + identity_.target + ">").c_str());
  if (leg && (route != nullptr || contact != nullptr))
    nta_leg_server_route(leg.get(), route, contact);
  return leg;
}

int DialogRequest::on_response(nta_outgoing_magic_t* self, nta_outgoing_t* request,
                               const sip_t* sip) {
  if (nta_outgoing_status(request) < 200) return 0;
  const int status =
      sip != nullptr && sip->sip_status != nullptr ? sip->sip_status->st_status : 408;
  // Takes the response away from sofia, so nothing of it may be read after this.
  const Message response(nta_outgoing_getresponse(request));
  static_cast<DialogRequest*>(self)->finish(status, response.get());
  return 0;
}

bool DialogRequest::send_update(const std::string& session_expires, tport_t* connection,
                                Answered answered) {
  const auto leg = make_leg();
  return sent(nta_outgoing_tcreate(leg.get(), &DialogRequest::on_response, this, nullptr,
                                   SIP_METHOD_UPDATE, nullptr, SIPTAG_CONTACT(identity_.contact),
                                   SIPTAG_SUPPORTED_STR("siprec, timer"),
                                   SIPTAG_SESSION_EXPIRES_STR(session_expires.c_str()),
                                   TAG_IF(usable(connection), NTATAG_TPORT(connection)), TAG_END()),
              std::move(answered));
}

bool DialogRequest::send_bye(const std::string& reason, tport_t* connection, Answered answered) {
  const auto leg = make_leg();
  return sent(nta_outgoing_tcreate(leg.get(), &DialogRequest::on_response, this, nullptr,
                                   SIP_METHOD_BYE, nullptr, SIPTAG_REASON_STR(reason.c_str()),
                                   SIPTAG_USER_AGENT_STR(server_.options().user_agent.c_str()),
                                   TAG_IF(usable(connection), NTATAG_TPORT(connection)), TAG_END()),
              std::move(answered));
}

bool DialogRequest::sent(nta_outgoing_t* request, Answered answered) {
  drop();
  request_ = request;
  answered_ = std::move(answered);
  server_.root().pump();
  if (request == nullptr) return false;
  if (!server_.trace().idle()) {
    const Message message(nta_outgoing_getrequest(request));
    server_.trace().sent(message.get(), source_of(message.get()));
  }
  return true;
}

// What sofia answers in the place of a peer that can't be reached (503) came from nobody.
void DialogRequest::finish(int status, msg_t* response) {
  const bool came = has_source(response);
  if (!came) status = 408;
  if (came && !server_.trace().idle()) server_.trace().received(response, source_of(response));
  const auto answered = std::exchange(answered_, nullptr);
  drop();
  answered(status);
}

void DialogRequest::drop() {
  if (request_ != nullptr) nta_outgoing_destroy(std::exchange(request_, nullptr));
}

}  // namespace srs::sip
