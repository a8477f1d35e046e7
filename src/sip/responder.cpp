#include "sip/responder.hpp"

#include "sip/convert.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace srs::sip {

Responder::Responder(Root& root, Replier replier, Metrics& metrics, MessageTrace& trace,
                     log::Logger log)
    : root_(root),
      replier_(std::move(replier)),
      metrics_(metrics),
      trace_(trace),
      log_(std::move(log)) {}

int Responder::reply(nta_incoming_t* irq, const Response& response, const ReplyExtras& extras,
                     std::chrono::steady_clock::time_point arrived) {
  const bool sent = replier_.send(irq, response, extras);
  metrics_.answered(nta_incoming_method_name(irq), std::chrono::steady_clock::now() - arrived);
  root_.pump();
  metrics_.response(response.status);
  log_response(irq, response, extras.told);
  trace_response(irq);
  if (!sent) note_unsent(irq, response.status);
  return response.status;
}

void Responder::note_unsent(nta_incoming_t* irq, int status) {
  metrics_.response_not_sent();
  const Message request(nta_incoming_getrequest(irq));
  const auto* sip = sip_object(request.get());
  unsent_.add(log::Folded::Clock::now(), 1, [&] {
    return log::Fields{{"status", status},
                       {"method", nta_incoming_method_name(irq)},
                       {"call_id", sip != nullptr ? sip->sip_call_id->i_id : ""}};
  });
  hide(irq);
  if (on_unsent_) on_unsent_(irq);
}

// sofia keeps a transaction whose response could not be sent where an ACK still finds it, and then
// fails an assertion: two datagrams would end the process. With a Call-ID that no message can have
// the transaction is out of reach until sofia's timer frees it.
void Responder::hide(nta_incoming_t* irq) const {
  const Message request(nta_incoming_getrequest(irq));
  const sip_t* sip = sip_object(request.get());
  if (sip != nullptr && sip->sip_call_id != nullptr)
    const_cast<char*>(sip->sip_call_id->i_id)[0] = ' ';
}

void Responder::reply_trying(nta_incoming_t* irq) {
  replier_.send_trying(irq);
  root_.pump();
  metrics_.response(100);
  trace_response(irq);
}

void Responder::trace_response(nta_incoming_t* irq) {
  if (trace_.idle()) return;
  const Message request(nta_incoming_getrequest(irq));
  const Message sent(nta_incoming_getresponse(irq));
  trace_.sent(sent.get(), request ? source_of(request.get()) : std::string{});
}

void Responder::log_response(nta_incoming_t* irq, const Response& response, bool told) const {
  const bool refused_invite = !told && response.status >= 300 && response.status != 487 &&
                              nta_incoming_method(irq) == sip_method_invite;
  if (!refused_invite && !log_.enabled(log::Level::Debug)) return;
  const Message request(nta_incoming_getrequest(irq));
  const auto* sip = sip_object(request.get());
  const std::string_view call_id = sip != nullptr ? sip->sip_call_id->i_id : "";
  if (refused_invite) {
    log_.warning("sip_refused", {{"call_id", call_id},
                                 {"status", response.status},
                                 {"reason", response.warning},
                                 {"source", source_of(request.get())}});
  }
  log_.debug("sip_response", {{"status", response.status},
                              {"method", nta_incoming_method_name(irq)},
                              {"call_id", call_id},
                              {"cseq", nta_incoming_cseq(irq)}});
}

}  // namespace srs::sip
