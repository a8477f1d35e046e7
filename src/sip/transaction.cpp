#include "sip/transaction.hpp"

#include "sip/convert.hpp"
#include "sip/dialog.hpp"
#include "sip/server.hpp"

#include <utility>

namespace srs::sip {

ServerTransaction::ServerTransaction(Server& server, nta_incoming_t* irq,
                                     std::shared_ptr<ServerDialog> dialog, Request request,
                                     TimerAnswer timer)
    : server_(&server),
      log_(server.log()),
      irq_(irq),
      dialog_(std::move(dialog)),
      request_(std::move(request)),
      timer_(timer),
      invite_(request_.method == "INVITE"),
      initial_(invite_ && request_.to.tag.empty()),
      arrived_(server.arrived()) {
  nta_incoming_bind(irq_, &ServerTransaction::on_event, this);
}

void ServerTransaction::respond(const Response& response, bool told) {
  if (!waiting()) return;
  const auto self = shared_from_this();
  answered_ = true;
  status_ = response.status;
  auto extras = dialog_->extras_for(*this, response);
  extras.told = told;
  server_->responder().reply(irq_, response, extras, arrived_);
  const auto dialog = dialog_;
  const bool sent = nta_incoming_status(irq_) >= 200;
  if (!invite_ || !sent) finish();  // nothing more comes from sofia
  dialog->on_answered(*this, sent ? response.status : 500);
}

int ServerTransaction::on_event(nta_incoming_magic_t* self, nta_incoming_t*, const sip_t* sip) {
  const auto transaction = static_cast<ServerTransaction*>(self)->shared_from_this();
  try {
    transaction->on_event(sip);
  } catch (const std::exception& error) {  // must not pass sofia's frames
    transaction->log_failure(error);
  }
  return 0;
}

void ServerTransaction::on_event(const sip_t* sip) {
  if (sip == nullptr) return on_no_ack();
  if (sip->sip_request->rq_method == sip_method_cancel) on_cancel(*sip);
  if (sip->sip_request->rq_method == sip_method_ack) on_ack(*sip);
}

void ServerTransaction::log_failure(const std::exception& error) const {
  if (server_ != nullptr) server_->metrics().handler_failed();
  log_.error("sip_handler_failed", {{"call_id", request_.call_id}, {"error", error.what()}});
}

void ServerTransaction::on_ack(const sip_t& ack) {
  const Message message(nta_incoming_getrequest_ackcancel(irq_));
  server_->note(ack, message.get());
  const auto dialog = dialog_;
  const int status = status_;
  const auto transport = request_.transport;
  finish();
  if (status < 300) dialog->on_acked(ack, message.get(), transport);
}

void ServerTransaction::on_cancel(const sip_t& cancel) {
  const Message message(nta_incoming_getrequest_ackcancel(irq_));
  server_->note(cancel, message.get());
  server_->metrics().response(200);  // sofia has answered the CANCEL itself
  if (!waiting()) return;
  answered_ = true;
  status_ = 487;
  const auto dialog = dialog_;
  server_->responder().reply(irq_, refusal(487), {}, arrived_);  // stays until its ACK
  if (initial_) dialog->end(DialogEnd::Cancelled, nullptr);
}

void ServerTransaction::on_no_ack() {
  const auto dialog = dialog_;
  const int status = status_;
  auto* server = server_;
  finish();
  if (status >= 300 || server == nullptr) return;
  // The SRC may have acknowledged a later INVITE only, or its ACK went astray while media flows:
  // never a reason to end a recording. Where nothing comes at all, its own time-outs do that.
  server->metrics().ack_missing();
  server->log().warning("sip_ack_missing",
                        {{"call_id", request_.call_id}, {"cseq", request_.cseq}});
  dialog->on_ack_missing();
}

void ServerTransaction::finish() {
  if (irq_ != nullptr) nta_incoming_destroy(std::exchange(irq_, nullptr));
  dialog_.reset();
  if (auto* server = std::exchange(server_, nullptr)) {
    server->root().pump();
    server->forget(shared_from_this());
  }
}

void ServerTransaction::abandon() {
  server_ = nullptr;
  irq_ = nullptr;
  dialog_.reset();
}

TransactionHandle::~TransactionHandle() {
  transaction_->respond(refusal(500, "the server gave no answer, which is a fault of its own"));
}

}  // namespace srs::sip
