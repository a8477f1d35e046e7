// Requests of no dialog that we know: what becomes of each.
#include "sip/any_method.hpp"
#include "sip/bounded_messages.hpp"
#include "sip/convert.hpp"
#include "sip/dialog.hpp"
#include "sip/objection.hpp"
#include "sip/server.hpp"
#include "sip/transaction.hpp"

#include <algorithm>
#include <utility>

namespace srs::sip {

void Server::note(const sip_t& sip, msg_t* message) {
  metrics_->request(sip.sip_request->rq_method_name);
  if (sip.sip_error != nullptr) metrics_->malformed(Metrics::Malformed::Header);
  if (!trace_.idle()) trace_.received(message, source_of(message));
  if (!log_.enabled(log::Level::Debug)) return;
  log_.debug("sip_request", {{"method", sip.sip_request->rq_method_name},
                             {"call_id", sip.sip_call_id->i_id},
                             {"cseq", sip.sip_cseq->cs_seq},
                             {"source", source_of(message)},
                             {"bytes", size_of(message)}});
}

int Server::answer_options(nta_incoming_t* irq, msg_t* message, bool in_dialog) {
  ReplyExtras extras;
  extras.capabilities = true;
  const Transport transport(nta_incoming_transport(agent_->get(), irq, message));
  const auto& listener = agent_->listener_of(transport.get());
  extras.contact = agent_->contact(listener, "+sip.srs");
  // Within a dialog it asks after that call, which goes on whatever becomes of new ones.
  const std::string unavailable(is_crowded() ? crowded_text() : handler_.unavailable());
  if (in_dialog || unavailable.empty()) return reply(irq, {}, extras);
  return reply(irq, refusal(503, unavailable), extras);
}

bool Server::is_crowded() const {
  return dialogs_.size() >= options_.max_dialogs;
}

std::string Server::crowded_text() const {
  return "all " + std::to_string(options_.max_dialogs) + " dialogs are in use";
}

int Server::answer_unsupported(nta_incoming_t* irq, const sip_t& sip) {
  const std::string method = sip.sip_request->rq_method_name;
  if (method == "PRACK")  // see bounded_message_class()
    return reply(irq, refusal(481, "there is no provisional response to acknowledge"));
  const bool known = sip.sip_request->rq_method != sip_method_unknown;
  return reply(irq,
               refusal(known ? 405 : 501, method + " is not supported here; Allow lists what is"));
}

int Server::answer_unknown_dialog(nta_incoming_t* irq) {
  return reply(irq, refusal(481, "no such call here: it ended, or never was"));
}

// An exception must not pass sofia's frames. A transaction that was dropped by it has answered 500.
int Server::on_request_guarded(nta_incoming_t* irq, const sip_t& sip) {
  try {
    return on_request(irq, sip);
  } catch (const std::exception& error) {
    metrics_->handler_failed();
    log_.error("sip_handler_failed", {{"call_id", sip.sip_call_id->i_id}, {"error", error.what()}});
    const auto method = sip.sip_request->rq_method;
    return method == sip_method_invite || method == sip_method_update ? 0 : 500;
  }
}

int Server::on_request(nta_incoming_t* irq, const sip_t& sip) {
  const Message message(nta_incoming_getrequest(irq));
  Transport transport(nta_incoming_transport(agent_->get(), irq, message.get()));
  // A datagram lay in the kernel before it was read; a stream's message may come slowly.
  arrived_ = std::min(std::chrono::steady_clock::now() - udp_sockets_.waited(transport.get()),
                      first_byte_read_at(sip));
  note(sip, message.get());
  const auto& transport_name = agent_->listener_of(transport.get()).endpoint.transport;
  const bool too_long =
      body_left_unread(sip) && declared_size(sip, message.get()) > options_.max_message_size;
  if (too_long) metrics_->malformed(Metrics::Malformed::TooLarge);
  if (too_long || lacks_length(sip)) {
    connections_->hang_up(std::move(transport), source_of(message.get()));
  }
  const auto method = sip.sip_request->rq_method;
  if (method == sip_method_ack) return 481;  // gets no answer; sofia drops the transaction
  // BYE is granted whatever it says.
  if (method != sip_method_cancel && method != sip_method_bye) {
    if (const auto objection = objection_to(sip, message.get(), options_.max_message_size)) {
      if (objection->malformed) metrics_->malformed(*objection->malformed);
      if (method == sip_method_invite && sip.sip_to->a_tag == nullptr)
        handler_.on_unacceptable(to_request(sip, message.get(), transport_name),
                                 objection->response);
      return reply(irq, objection->response, objection->extras);
    }
  }
  const bool in_dialog = sip.sip_to->a_tag != nullptr;
  if (in_dialog && method != sip_method_cancel) {
    const auto dialog = dialogs_.find(sip);
    return dialog ? dialog->on_request(irq, sip, message.get()) : answer_unknown_dialog(irq);
  }
  switch (method) {
    case sip_method_cancel:
    case sip_method_bye:
    case sip_method_update:
      return answer_unknown_dialog(irq);
    case sip_method_invite:
      return on_invite(irq, sip, message.get());
    case sip_method_options:
      return answer_options(irq, message.get(), false);
    default:
      return answer_unsupported(irq, sip);
  }
}

int Server::on_invite(nta_incoming_t* irq, const sip_t& sip, msg_t* message) {
  if (dialogs_.made_by(sip)) {
    return reply(irq, refusal(482, "this INVITE came before and made a call that goes on"));
  }
  if (is_crowded()) {
    const auto response = refusal(503, crowded_text());
    const Transport transport(nta_incoming_transport(agent_->get(), irq, message));
    const auto& listener = agent_->listener_of(transport.get());
    handler_.on_crowded(to_request(sip, message, listener.endpoint.transport), response);
    return reply(irq, response);
  }
  auto dialog = std::make_shared<ServerDialog>(*this, irq, sip, message);
  auto transaction = dialog->begin(irq, sip, message);
  if (!transaction) return nta_incoming_status(irq);  // 422
  dialogs_.add(dialog);
  auto handle = std::make_shared<TransactionHandle>(transaction);
  handler_.on_invite(dialog, std::move(handle));
  if (transaction->waiting()) responder_->reply_trying(irq);
  return 0;
}

}  // namespace srs::sip
