#include "sip/outgoing_call.hpp"

#include "sip/convert.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace srs::sip {
namespace {

const url_string_t* as_url(const std::string& text) {
  return reinterpret_cast<const url_string_t*>(text.c_str());
}

sip_payload_t payload_of(const std::string& body) {
  sip_payload_t payload;
  sip_payload_init(&payload);
  payload.pl_data = const_cast<char*>(body.data());
  payload.pl_len = body.size();
  return payload;
}

std::string lines_of(const Headers& headers) {
  std::string result;
  for (const auto& [name, value] : headers) result += name + ": " + value + "\r\n";
  return result;
}

}  // namespace

ClientCall::ClientCall(CallKeeper& keeper, const CallOptions& options, CallHandler& handler)
    : keeper_(&keeper), options_(options), handler_(&handler) {}

ClientCall::~ClientCall() {
  if (keeper_ != nullptr) close();
}

bool ClientCall::start() {
  sent_ = Clock::now();
  auto& agent = keeper_->agent();
  const auto home = make_home();
  const url_t* target = url_make(home.get(), options_.target.c_str());
  if (target == nullptr || target->url_host == nullptr ||
      (target->url_type != url_sip && target->url_type != url_sips)) {
    return false;
  }
  const auto& listener = agent.listeners().front();
  const auto& host = agent.host_of(listener);
  contact_ = agent.contact(listener, options_.contact_params);
  const auto from = "<" + (options_.from.empty() ? "sip:src@" + in_uri(host) : options_.from) + ">";
  const auto to = "<" + options_.target.substr(0, options_.target.find(';')) + ">";
  leg_ = nta_leg_tcreate(
      agent.get(),
      [](nta_leg_magic_t* self, nta_leg_t*, nta_incoming_t* irq, const sip_t* sip) {
        return static_cast<ClientCall*>(self)->on_request(irq, *sip);
      },
      this, SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(to.c_str()), TAG_END());
  if (leg_ == nullptr || nta_leg_tag(leg_, nullptr) == nullptr) return false;

  const auto payload = payload_of(options_.body);
  const auto more = lines_of(options_.headers);
  invite_ = nta_outgoing_tcreate(
      leg_, &ClientCall::on_invite_response, this, nullptr, SIP_METHOD_INVITE,
      as_url(options_.target), SIPTAG_CONTACT(contact_),
      SIPTAG_USER_AGENT_STR(keeper_->user_agent().c_str()),
      SIPTAG_ALLOW_STR("INVITE, ACK, BYE, CANCEL, OPTIONS"),
      TAG_IF(!options_.require.empty(), SIPTAG_REQUIRE_STR(options_.require.c_str())),
      TAG_IF(!more.empty(), SIPTAG_HEADER_STR(more.c_str())),
      TAG_IF(!options_.body.empty(), SIPTAG_CONTENT_TYPE_STR(options_.content_type.c_str())),
      TAG_IF(!options_.body.empty(), SIPTAG_PAYLOAD(&payload)), TAG_END());
  agent.root().pump();
  if (invite_ == nullptr) return false;
  const Message request(nta_outgoing_getrequest(invite_));
  call_id_ = sip_object(request.get())->sip_call_id->i_id;
  return true;
}

void ClientCall::fail_later(int status, std::string phrase) {
  boost::asio::post(keeper_->agent().root().executor(),
                    [self = shared_from_this(), status, phrase = std::move(phrase)] {
                      Answer answer;
                      answer.status = status;
                      answer.phrase = phrase;
                      if (self->handler_ != nullptr) self->handler_->on_answer(answer);
                      self->end(CallEnd::Rejected, {});
                    });
}

int ClientCall::on_request(nta_incoming_t* irq, const sip_t& sip) {
  const auto self = shared_from_this();
  switch (sip.sip_request->rq_method) {
    case sip_method_bye:
      nta_incoming_treply(irq, SIP_200_OK, TAG_END());
      end(CallEnd::PeerBye, {});
      return 200;
    case sip_method_ack:
      return 481;
    case sip_method_options:
      return 200;
    case sip_method_invite:
    case sip_method_update:
      return 488;
    default:
      return 501;
  }
}

int ClientCall::on_invite_response(nta_outgoing_magic_t* self, nta_outgoing_t* orq,
                                   const sip_t* sip) {
  const int status = nta_outgoing_status(orq);
  if (status < 200) return 0;
  const auto call = static_cast<ClientCall*>(self)->shared_from_this();
  if (call->state_ == State::Calling)
    call->on_answer(sip, status);
  else if (sip != nullptr && status < 300)
    call->acknowledge(*sip);  // our ACK got lost
  return 0;
}

namespace {

// sofia answers itself where nothing comes or can be sent; such a message came from no address.
bool came_from_peer(nta_outgoing_t* orq) {
  const Message response(nta_outgoing_getresponse(orq));
  return response && msg_addrinfo(response.get())->ai_addr->sa_family != AF_UNSPEC;
}

}  // namespace

void ClientCall::on_answer(const sip_t* sip, int status) {
  auto answer = answer_of(sip, status);
  answer.received = came_from_peer(invite_);
  if (status >= 300 || sip == nullptr) {
    state_ = State::Answered;
    if (handler_ != nullptr) handler_->on_answer(answer);
    return end(CallEnd::Rejected, {});
  }
  state_ = State::Answered;
  set_up_dialog(*sip);
  acknowledge(*sip);
  if (handler_ != nullptr) handler_->on_answer(answer);
  if (bye_wanted_ && state_ == State::Answered) send_bye();
}

void ClientCall::set_up_dialog(const sip_t& sip) {
  nta_leg_rtag(leg_, sip.sip_to->a_tag);
  nta_leg_client_route(leg_, sip.sip_record_route, sip.sip_contact);
}

// RFC 3261 §13.2.2.4: the ACK of a 2xx is a request of its own, with the INVITE's CSeq number.
void ClientCall::acknowledge(const sip_t& sip) {
  const auto home = make_home();
  const sip_cseq_t* cseq = sip_cseq_create(home.get(), sip.sip_cseq->cs_seq, SIP_METHOD_ACK);
  auto* ack =
      nta_outgoing_tcreate(leg_, nullptr, nullptr, nullptr, SIP_METHOD_ACK, as_url(options_.target),
                           SIPTAG_CSEQ(cseq), NTATAG_STATELESS(1), TAG_END());
  nta_outgoing_destroy(ack);
  keeper_->agent().root().pump();
}

Answer ClientCall::answer_of(const sip_t* sip, int status) const {
  Answer answer;
  answer.status = status;
  answer.latency = Clock::now() - sent_;
  if (sip == nullptr) return answer;
  if (sip->sip_status != nullptr && sip->sip_status->st_phrase != nullptr)
    answer.phrase = sip->sip_status->st_phrase;
  if (sip->sip_warning != nullptr) {
    answer.warning = to_text(reinterpret_cast<const sip_header_t*>(sip->sip_warning));
  }
  answer.content_type = content_type_of(*sip);
  answer.body = body_of(*sip);
  if (sip->sip_to != nullptr && sip->sip_to->a_tag != nullptr)
    answer.local_tag = sip->sip_to->a_tag;
  answer.headers = headers_of(*sip, true);
  return answer;
}

void ClientCall::reinvite(std::string content_type, std::string body) {
  send_offer(SIP_METHOD_INVITE, content_type, body);
}

void ClientCall::update(std::string content_type, std::string body) {
  send_offer(SIP_METHOD_UPDATE, content_type, body);
}

void ClientCall::send_offer(sip_method_t method, const char* name, const std::string& content_type,
                            const std::string& body) {
  if (state_ != State::Answered || keeper_ == nullptr) return;
  if (offer_ != nullptr) nta_outgoing_destroy(offer_);
  sent_ = Clock::now();
  const auto payload = payload_of(body);
  offer_ = nta_outgoing_tcreate(
      leg_, &ClientCall::on_offer_response, this, nullptr, method, name, nullptr,
      SIPTAG_CONTACT(contact_),
      TAG_IF(!options_.require.empty(), SIPTAG_REQUIRE_STR(options_.require.c_str())),
      TAG_IF(!body.empty(), SIPTAG_CONTENT_TYPE_STR(content_type.c_str())),
      TAG_IF(!body.empty(), SIPTAG_PAYLOAD(&payload)), TAG_END());
  keeper_->agent().root().pump();
}

int ClientCall::on_offer_response(nta_outgoing_magic_t* self, nta_outgoing_t* orq,
                                  const sip_t* sip) {
  const int status = nta_outgoing_status(orq);
  if (status < 200) return 0;
  const auto call = static_cast<ClientCall*>(self)->shared_from_this();
  const bool invite = nta_outgoing_method(orq) == sip_method_invite;
  if (sip != nullptr && status < 300 && invite) call->acknowledge(*sip);
  if (orq != call->offer_) return 0;
  if (!invite || status >= 300) nta_outgoing_destroy(std::exchange(call->offer_, nullptr));
  if (call->handler_ != nullptr) call->handler_->on_reanswer(call->answer_of(sip, status));
  return 0;
}

void ClientCall::cancel() {
  if (state_ != State::Calling || invite_ == nullptr) return;
  nta_outgoing_cancel(invite_);
  keeper_->agent().root().pump();
}

void ClientCall::bye(std::string content_type, std::string body) {
  bye_wanted_ = true;
  bye_type_ = std::move(content_type);
  bye_body_ = std::move(body);
  if (state_ == State::Answered) send_bye();
}

void ClientCall::send_bye() {
  state_ = State::Leaving;
  sent_ = Clock::now();
  const auto payload = payload_of(bye_body_);
  bye_ = nta_outgoing_tcreate(
      leg_, &ClientCall::on_bye_response, this, nullptr, SIP_METHOD_BYE, nullptr,
      TAG_IF(!bye_body_.empty(), SIPTAG_CONTENT_TYPE_STR(bye_type_.c_str())),
      TAG_IF(!bye_body_.empty(), SIPTAG_PAYLOAD(&payload)), TAG_END());
  keeper_->agent().root().pump();
}

int ClientCall::on_bye_response(nta_outgoing_magic_t* self, nta_outgoing_t* orq, const sip_t*) {
  const int status = nta_outgoing_status(orq);
  if (status < 200) return 0;
  const auto call = static_cast<ClientCall*>(self)->shared_from_this();
  call->end(status < 300 ? CallEnd::Bye : CallEnd::ByeTimeout, Clock::now() - call->sent_);
  return 0;
}

void ClientCall::end(CallEnd why, std::chrono::nanoseconds latency) {
  if (state_ == State::Ended) return;
  const auto self = shared_from_this();
  close();
  if (auto* handler = std::exchange(handler_, nullptr)) handler->on_end(why, latency);
}

void ClientCall::close() {
  state_ = State::Ended;
  auto* keeper = std::exchange(keeper_, nullptr);
  for (auto* orq : {std::exchange(invite_, nullptr), std::exchange(offer_, nullptr),
                    std::exchange(bye_, nullptr)}) {
    if (orq != nullptr) nta_outgoing_destroy(orq);
  }
  if (leg_ != nullptr) nta_leg_destroy(std::exchange(leg_, nullptr));
  if (keeper == nullptr) return;
  keeper->agent().root().pump();
  keeper->forget(call_id_);
}

void ClientCall::abandon() {
  keeper_ = nullptr;
  state_ = State::Ended;
  leg_ = nullptr;  // the agent destroys these
  invite_ = offer_ = bye_ = nullptr;
  if (auto* handler = std::exchange(handler_, nullptr)) handler->on_end(CallEnd::Lost, {});
}

}  // namespace srs::sip
