#include "sip/dialog.hpp"

#include "sip/convert.hpp"
#include "sip/server.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace srs::sip {

ServerDialog::ServerDialog(Server& server, nta_incoming_t* irq, const sip_t& sip, msg_t* message)
    : server_(&server),
      local_tag_(nta_incoming_tag(irq, nullptr)),
      remote_tag_(sip.sip_from->a_tag != nullptr ? sip.sip_from->a_tag : ""),
      remote_cseq_(sip.sip_cseq->cs_seq),
      remote_method_(sip.sip_cseq->cs_method),
      identity_(identity_of(sip, local_tag_)),
      request_(server, identity_) {
  auto& agent = server_->agent();
  Transport transport(nta_incoming_transport(agent.get(), irq, message));
  const auto& listener = agent.listener_of(transport.get());
  identity_.contact = agent.contact(listener, "+sip.srs");
  if (transport && tport_is_secondary(transport.get())) connection_ = std::move(transport);
  follow_contact(sip, message, true);
}

// The remote target (RFC 3261 §12.1.1, §12.2.2). A Contact that can't be used is replaced by where
// the request came from.
void ServerDialog::follow_contact(const sip_t& sip, msg_t* message, bool initial) {
  const sip_contact_t* contact = sip.sip_contact;
  if (contact != nullptr && contact->m_url->url_host != nullptr) {
    identity_.target = to_text(*contact->m_url);
  } else if (initial) {
    server_->metrics().malformed(Metrics::Malformed::Contact);
    identity_.target = raw_contact(sip).uri;
    if (identity_.target.empty()) identity_.target = "sip:" + source_of(message);
    server_->log().warning("sip_contact_unusable",
                           {{"call_id", identity_.call_id}, {"used", identity_.target}});
  }
}

std::shared_ptr<ServerTransaction> ServerDialog::begin(nta_incoming_t* irq, const sip_t& sip,
                                                       msg_t* message) {
  const auto timer = negotiate(timer_offer(sip), server_->options().min_session_expires);
  if (timer.too_small) {
    ReplyExtras extras;
    extras.min_se = server_->options().min_session_expires;
    server_->reply(irq, refusal(422, "Session-Expires is below Min-SE"), extras);
    return nullptr;
  }
  const Transport transport(nta_incoming_transport(server_->agent().get(), irq, message));
  const auto& listener = server_->agent().listener_of(transport.get());
  auto transaction = std::make_shared<ServerTransaction>(
      *server_, irq, shared_from_this(), to_request(sip, message, listener.endpoint.transport),
      timer);
  server_->keep(transaction);
  std::erase_if(waiting_, [](const auto& known) { return known.expired(); });
  waiting_.push_back(transaction);
  return transaction;
}

ReplyExtras ServerDialog::extras_for(const ServerTransaction& transaction,
                                     const Response& response) const {
  ReplyExtras extras;
  if (response.status >= 300) return extras;
  extras.contact = identity_.contact;
  extras.capabilities = true;
  const auto& timer = transaction.timer();
  if (timer.interval) {
    extras.session_expires = std::to_string(timer.interval->count()) +
                             (timer.we_refresh ? ";refresher=uas" : ";refresher=uac");
    extras.require_timer = !timer.we_refresh;  // RFC 4028 §9: where the UAC has to act
  }
  return extras;
}

void ServerDialog::on_answered(const ServerTransaction& transaction, int status) {
  if (ended_) return;
  if (status < 300) {
    answered_ = answered_ || transaction.initial();
    return apply_timer(transaction.timer());
  }
  if (!transaction.initial()) return;
  // Told later, for the application is inside respond().
  boost::asio::post(server_->root().executor(),
                    [self = shared_from_this()] { self->end(DialogEnd::Failed, nullptr); });
}

void ServerDialog::on_acked(const sip_t& ack, msg_t* message, const std::string& transport) {
  if (ended_) return;
  settled_ = true;
  if (leaving_) return send_bye();
  if (handler_ != nullptr) handler_->on_ack(to_request(ack, message, transport));
}

void ServerDialog::on_ack_missing() {
  if (ended_ || settled_) return;
  settled_ = true;
  if (leaving_) send_bye();
}

// sofia answers what a transaction sends again.
std::optional<int> ServerDialog::refuse_out_of_order(nta_incoming_t* irq, const sip_t& sip) {
  const auto cseq = sip.sip_cseq->cs_seq;
  if (cseq > remote_cseq_) return std::nullopt;
  const auto number = "CSeq " + std::to_string(cseq);
  if (cseq < remote_cseq_)  // RFC 3261 §12.2.2
    return server_->reply(irq,
                          refusal(500, number + " comes after " + std::to_string(remote_cseq_)));
  if (remote_method_ == sip.sip_cseq->cs_method)  // by another way (RFC 3261 §8.2.2.2)
    return server_->reply(irq, refusal(482, "this request came before"));
  // Each request has a number of its own (RFC 3261 §12.2.1.1).
  return server_->reply(irq, refusal(500, number + " was that of another method already"));
}

int ServerDialog::on_request(nta_incoming_t* irq, const sip_t& sip, msg_t* message) {
  const auto self = shared_from_this();
  if (const auto refused = refuse_out_of_order(irq, sip)) return *refused;
  remote_cseq_ = sip.sip_cseq->cs_seq;
  remote_method_ = sip.sip_cseq->cs_method;
  switch (sip.sip_request->rq_method) {
    case sip_method_bye:
      return on_bye(irq, sip, message);
    case sip_method_invite:
    case sip_method_update:
      return on_offer(irq, sip, message);
    case sip_method_options:
      return server_->answer_options(irq, message, true);
    default:
      return server_->answer_unsupported(irq, sip);
  }
}

int ServerDialog::on_offer(nta_incoming_t* irq, const sip_t& sip, msg_t* message) {
  if (leaving_) return server_->reply(irq, refusal(481, "this call is being ended"));
  follow_contact(sip, message, false);
  const auto transaction = begin(irq, sip, message);
  if (!transaction) return 422;
  const bool refresh_only =
      sip.sip_request->rq_method == sip_method_update && sip.sip_payload == nullptr;
  if (refresh_only) {
    transaction->respond({});
  } else if (handler_ == nullptr) {
    transaction->respond(refusal(488, "nobody here can take an offer for this call"));
  } else {
    handler_->on_offer(std::make_shared<TransactionHandle>(transaction));
    const bool invite = sip.sip_request->rq_method == sip_method_invite;
    if (invite && transaction->waiting()) server_->responder().reply_trying(irq);
  }
  return 0;
}

int ServerDialog::on_bye(nta_incoming_t* irq, const sip_t& sip, msg_t* message) {
  const Transport transport(nta_incoming_transport(server_->agent().get(), irq, message));
  const auto& listener = server_->agent().listener_of(transport.get());
  const int status = server_->reply(irq, {});
  refuse_waiting(487);  // RFC 3261 §15.1.2
  if (handler_ == nullptr) {
    end(DialogEnd::Bye, nullptr);
  } else {
    const auto request = to_request(sip, message, listener.endpoint.transport);
    end(DialogEnd::Bye, &request);
  }
  return status;
}

void ServerDialog::after(std::chrono::milliseconds delay, void (ServerDialog::*then)()) {
  if (!timer_) timer_ = std::make_unique<boost::asio::steady_timer>(server_->root().executor());
  timer_->expires_after(delay);
  timer_->async_wait([weak = weak_from_this(), then](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self && !self->ended_) ((*self).*then)();
  });
}

void ServerDialog::apply_timer(const TimerAnswer& timer) {
  timer_answer_ = timer;
  if (!timer.interval) return timer_.reset();
  after(timer.we_refresh ? refreshes_after(*timer.interval) : gives_up_after(*timer.interval),
        &ServerDialog::on_timer);
}

void ServerDialog::on_timer() {
  if (timer_answer_.we_refresh) return refresh();
  server_->metrics().session_expired();
  server_->log().warning("sip_session_expired", {{"call_id", identity_.call_id}});
  const auto self = shared_from_this();
  bye_reason_ = reason_header("session timer expired", 408);
  auto* handler = std::exchange(handler_, nullptr);
  leaving_ = true;
  if (settled_) send_bye();
  if (handler != nullptr) handler->on_end(DialogEnd::Expired, nullptr);
}

// RFC 4028 §7.4: UPDATE without a body; asked for by the SRC's refresher=uas.
void ServerDialog::refresh() {
  const auto expires = std::to_string(timer_answer_.interval->count()) + ";refresher=uac";
  if (!request_.send_update(expires, connection_.get(),
                            [this](int status) { on_refreshed(status); }))
    timer_answer_ = {};
}

void ServerDialog::on_refreshed(int status) {
  server_->metrics().peer_response(status);
  if (ended_ || leaving_) return;
  if (status < 300) return apply_timer(timer_answer_);
  if (status == 491) return after(glare_delay(), &ServerDialog::on_timer);
  // An SRC that asked for refreshes and then refuses them: the recording goes on without a timer.
  server_->log().warning("sip_refresh_refused",
                         {{"call_id", identity_.call_id}, {"status", status}});
  timer_answer_ = {};
}

}  // namespace srs::sip
