#include "sip/server.hpp"

#include "sip/bounded_messages.hpp"
#include "sip/certificate.hpp"
#include "sip/convert.hpp"
#include "sip/dialog.hpp"
#include "sip/transaction.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace srs::sip {
namespace {

constexpr std::chrono::seconds house_interval{5};
// What a peer has to read its refusal before its connection is closed under what it still sends.
constexpr std::chrono::seconds hang_up_patience{5};
// The largest datagram of UDP fits into this as well.
constexpr std::size_t unread_bytes = 2 * StreamBuffers::size + 4096;

AgentSettings settings_of(const Options& options) {
  AgentSettings settings;
  settings.t1 = options.t1;
  // More is read than is taken: what is a little too long is answered 513 and costs no connection,
  // and whatever waits in the kernel finds room beside a message that is half there.
  settings.max_message_size = 2 * options.max_message_size + unread_bytes;
  settings.udp_receive_buffer = options.udp_receive_buffer;
  settings.external_address = options.external_address;
  settings.tls_directory = options.tls_directory;
  settings.tls_verify_client = options.tls_verify_client;
  return settings;
}

// A stream that ends in mid-header ends the message for sofia: what it never said is not there.
bool cut_off(const sip_t& sip) {
  const auto* via = sip.sip_via;
  const bool stream = via != nullptr && !istarts_with(via->v_protocol, "SIP/2.0/UDP");
  return stream && sip.sip_content_length == nullptr;
}

std::string unsupported_features(nta_incoming_t*, const sip_t& sip) {
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

// As its sender meant it: a body that was left unread counts as well.
std::size_t declared_size(const sip_t& sip, const msg_t* message) {
  return size_of(message) + (body_left_unread(sip) ? sip.sip_content_length->l_length : 0);
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
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

// The mandatory header (RFC 3261 §8.1.1) that can't be read, empty: none. Where one of them is so
// broken that sofia reads nothing in it, sofia has answered 400 itself.
std::string_view unreadable(const sip_t& sip) {
  if (!is_address(sip.sip_from)) return "From";
  if (!is_address(sip.sip_to)) return "To";
  return {};
}

bool has_usable_uri(const sip_t& sip) {
  const auto type = sip.sip_request->rq_url->url_type;
  return type == url_sip || type == url_sips || type == url_tel;
}

}  // namespace

Server::Server(boost::asio::any_io_executor executor, const Options& options,
               SessionHandler& handler, log::Logger log)
    : options_(options),
      handler_(handler),
      log_(std::move(log)),
      trace_(log_),
      root_(std::move(executor), log_),
      house_timer_(root_.executor()) {}

Result<std::unique_ptr<Stack>> Server::open(boost::asio::any_io_executor executor,
                                            const Options& options, SessionHandler& handler,
                                            metrics::Registry& registry, log::Logger log) {
  std::unique_ptr<Server> server(new Server(std::move(executor), options, handler, std::move(log)));
  if (auto started = server->start(registry); !started) return started.error();
  return std::unique_ptr<Stack>(std::move(server));
}

Result<void> Server::start(metrics::Registry& registry) {
  auto agent = Agent::create(root_, settings_of(options_));
  if (!agent) return agent.error();
  agent_ = std::move(*agent);

  std::string faults;
  for (const auto& text : options_.listen) {
    const auto endpoint = parse_endpoint(text);
    const auto bound = endpoint ? agent_->listen(*endpoint) : Result<void>(endpoint.error());
    if (!bound) faults += (faults.empty() ? "" : "; ") + bound.error().text;
  }
  if (agent_->listeners().empty() && faults.empty()) faults = "no listener is configured";
  if (!faults.empty()) return Error{"SIP can't listen: " + faults};

  tend_listeners();
  const auto& all = agent_->listeners();
  const bool tls = std::any_of(all.begin(), all.end(),
                               [](const Listener& l) { return l.endpoint.transport == "tls"; });
  // sofia reads it once, so its end stays what it is now.
  if (tls) certificate_expiry_ = earliest_expiry(options_.tls_directory + "/agent.pem");

  const auto& first = all.front();
  replier_ = std::make_unique<Replier>(
      *agent_, options_.user_agent,
      in_uri(options_.external_address.empty() ? first.address : options_.external_address));
  metrics_ = std::make_unique<Metrics>(registry, [this] { return levels(); });
  nta_leg_tcreate(
      agent_->get(),
      [](nta_leg_magic_t* self, nta_leg_t*, nta_incoming_t* irq, const sip_t* sip) {
        return static_cast<Server*>(self)->on_request_guarded(irq, *sip);
      },
      this, NTATAG_NO_DIALOG(1), TAG_END());
  root_.pump();
  keep_house();
  return {};
}

Server::~Server() {
  house_timer_.cancel();
  // Their handles may be held elsewhere and find nobody any more.
  for (const auto& transaction : std::exchange(transactions_, {})) transaction->abandon();
  dialogs_.for_each([](ServerDialog& dialog) { dialog.abandon(); });
}

std::vector<std::string> Server::listeners() const {
  std::vector<std::string> result;
  for (const auto& listener : agent_->listeners()) {
    auto text = listener.endpoint.text();
    if (std::find(result.begin(), result.end(), text) == result.end())
      result.push_back(std::move(text));
  }
  return result;
}

std::string Server::media_address(std::string_view source) const {
  if (!options_.external_address.empty()) return options_.external_address;
  const bool ipv6 = source.starts_with('[');
  const auto& all = agent_->listeners();
  const auto fits = std::find_if(all.begin(), all.end(),
                                 [ipv6](const Listener& l) { return l.endpoint.ipv6 == ipv6; });
  const auto& listener = fits != all.end() ? *fits : all.front();
  if (!listener.endpoint.wildcard) return listener.address;
  auto routed = address_towards(source);
  return routed.empty() ? listener.address : routed;
}

void Server::keep_house() {
  house_timer_.expires_after(house_interval);
  // A handler that was due already comes without an error, even after the destructor's cancel().
  house_timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
    if (error || alive.expired()) return;
    // A wildcard means addresses that come later too: a floating one, a container's second network.
    if (agent_->has_wildcard()) agent_->cover(local_addresses());
    tend_listeners();
    close_hung_up();
    cut_connections();
    keep_house();
  });
}

void Server::tend_listeners() {
  udp_sockets_.find(agent_->listeners());
  stream_buffers_.bound(agent_->listeners());
}

// Sends FIN behind the last response, and leaves the peer some time to read it: closing at once,
// with bytes unread, would be a reset, which can overtake it. Nothing is read any more meanwhile.
void Server::hang_up(Transport connection) {
  if (!connection || tport_is_udp(connection.get())) return;
  auto shared = std::make_shared<Transport>(std::move(connection));
  // Not from within sofia's callback: a response that it sends on our behalf comes after that.
  boost::asio::post(root_.executor(), [this, shared, life = std::weak_ptr(life_)] {
    if (life.expired()) return;
    tport_shutdown(shared->get(), 1);
    root_.pump();
    hung_up_.push_back({std::move(*shared), std::chrono::steady_clock::now()});
  });
}

void Server::close_hung_up() {
  const auto due = std::chrono::steady_clock::now() - hang_up_patience;
  std::erase_if(hung_up_, [due](const HungUp& each) {
    if (each.since > due) return false;
    tport_shutdown(each.connection.get(), 2);
    return true;
  });
  root_.pump();
}

// Connections cost descriptors, which recordings need: above about the limit, those go that carry
// no call.
void Server::cut_connections() {
  if (2 * agent_->visible_connections().size() <= options_.max_connections) return;
  std::unordered_set<const tport_t*> needed;
  dialogs_.for_each([&needed](const ServerDialog& dialog) { needed.insert(dialog.connection()); });
  std::size_t cut = 0;
  std::size_t before = 0;
  do {
    before = cut;
    for (auto* connection : agent_->visible_connections()) {
      if (needed.contains(connection)) continue;
      tport_shutdown(connection, 2);
      metrics_->connection_cut();
      ++cut;
    }
  } while (cut != before && 2 * agent_->visible_connections().size() > options_.max_connections);
  root_.pump();
  log_.warning("sip_connections_cut", {{"count", cut}, {"limit", options_.max_connections}});
}

Metrics::Levels Server::levels() const {
  usize_t bad = 0, bad_requests = 0, bad_responses = 0, merged = 0;
  usize_t received_again = 0, requests_again = 0, responses_sent = 0;
  nta_agent_get_stats(
      agent_->get(), NTATAG_S_BAD_MESSAGE_REF(bad), NTATAG_S_BAD_REQUEST_REF(bad_requests),
      NTATAG_S_BAD_RESPONSE_REF(bad_responses), NTATAG_S_MERGED_REQUEST_REF(merged),
      NTATAG_S_RECV_RETRY_REF(received_again), NTATAG_S_RETRY_REQUEST_REF(requests_again),
      NTATAG_S_SENT_RESPONSE_REF(responses_sent), TAG_END());
  Metrics::Levels levels;
  levels.dialogs = dialogs();
  levels.transactions = transactions();
  levels.retransmissions_received = received_again;
  levels.requests_again = requests_again;
  levels.responses_sent = responses_sent;
  levels.bad_requests = bad_requests;
  levels.dropped_requests = root_.dropped();
  levels.bad_responses = bad_responses;
  // One for each body that was left unread is our own, see bounded_message_class().
  const auto named = bad_requests + bad_responses + bodies_unread_;
  levels.garbage = bad > named ? bad - named : 0;
  levels.overflows = root_.overflows();
  levels.merged = merged;
  levels.kernel_drops = udp_sockets_.drops();
  levels.certificate_expiry = certificate_expiry_;
  return levels;
}

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

int Server::refuse(nta_incoming_t* irq, const sip_t& sip, msg_t* message) {
  Response response;
  ReplyExtras extras;
  if (const auto size = declared_size(sip, message); size > options_.max_message_size) {
    if (!body_left_unread(sip)) metrics_->malformed(Metrics::Malformed::TooLarge);
    response = {513,
                {},
                "messages may have " + std::to_string(options_.max_message_size) +
                    " bytes, this one has " + std::to_string(size),
                {},
                {},
                {}};
  } else if (cut_off(sip)) {
    metrics_->malformed(Metrics::Malformed::Header);
    response = {400,
                {},
                "over TCP and TLS every message needs Content-Length (RFC 3261 18.3); was this one "
                "cut off?",
                {},
                {},
                {}};
  } else if (const auto header = unreadable(sip); !header.empty()) {
    metrics_->malformed(Metrics::Malformed::Header);
    response = {
        400,
        {},
        std::string(header) + " can't be read: write it as \"Name\" <sip:user@host>;tag=...",
        {},
        {},
        {}};
  } else if (is_other_version(sip)) {
    response = {505, {}, "this server speaks SIP/2.0", {}, {}, {}};
  } else if (!has_usable_uri(sip)) {
    response = {416, {}, "the Request-URI must be a sip:, sips: or tel: URI", {}, {}, {}};
  } else if (extras.unsupported = unsupported_features(irq, sip); !extras.unsupported.empty()) {
    response = {
        420,
        {},
        "Require names " + extras.unsupported + "; this server knows " + Replier::understood,
        {},
        {},
        {}};
  } else if (is_encoded(sip)) {
    metrics_->malformed(Metrics::Malformed::Encoding);
    extras.identity_only = true;
    response = {415, {}, "Content-Encoding is not supported: send the body as it is", {}, {}, {}};
  } else {
    return 0;
  }
  return reply(irq, response, extras);
}

int Server::reply(nta_incoming_t* irq, const Response& response, const ReplyExtras& extras,
                  std::chrono::steady_clock::time_point arrived) {
  const bool sent = replier_->send(irq, response, extras);
  metrics_->answered(nta_incoming_method_name(irq), std::chrono::steady_clock::now() - arrived);
  root_.pump();
  metrics_->response(response.status);
  log_response(irq, response, extras.told);
  trace_response(irq);
  if (!sent) {
    metrics_->response_not_sent();
    const Message request(nta_incoming_getrequest(irq));
    const auto* sip = sip_object(request.get());
    log_.warning("sip_response_not_sent",
                 {{"status", response.status},
                  {"method", nta_incoming_method_name(irq)},
                  {"call_id", sip != nullptr ? sip->sip_call_id->i_id : ""}});
    hide(irq);
  }
  return response.status;
}

// sofia keeps a transaction whose response could not be sent where an ACK still finds it, and then
// fails an assertion: two datagrams would end the process. With a Call-ID that no message can have
// the transaction is out of reach until sofia's timer frees it.
void Server::hide(nta_incoming_t* irq) const {
  const Message request(nta_incoming_getrequest(irq));
  const sip_t* sip = sip_object(request.get());
  if (sip != nullptr && sip->sip_call_id != nullptr)
    const_cast<char*>(sip->sip_call_id->i_id)[0] = ' ';
}

void Server::reply_trying(nta_incoming_t* irq) {
  replier_->send_trying(irq);
  root_.pump();
  metrics_->response(100);
  trace_response(irq);
}

void Server::trace_response(nta_incoming_t* irq) {
  if (trace_.idle()) return;
  const Message request(nta_incoming_getrequest(irq));
  const Message sent(nta_incoming_getresponse(irq));
  trace_.sent(sent.get(), request ? source_of(request.get()) : std::string{});
}

void Server::log_response(nta_incoming_t* irq, const Response& response, bool told) const {
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

int Server::answer_options(nta_incoming_t* irq, const sip_t&, msg_t* message) {
  ReplyExtras extras;
  extras.capabilities = true;
  const Transport transport(nta_incoming_transport(agent_->get(), irq, message));
  const auto& listener = agent_->listener_of(transport.get());
  extras.contact = agent_->contact(listener, "+sip.srs");
  const std::string unavailable(is_crowded() ? crowded_text() : handler_.unavailable());
  if (unavailable.empty()) return reply(irq, {}, extras);
  return reply(irq, {503, {}, unavailable, {}, {}, {}}, extras);
}

bool Server::is_crowded() const {
  return dialogs_.size() >= options_.max_dialogs;
}

std::string Server::crowded_text() const {
  return "all " + std::to_string(options_.max_dialogs) + " dialogs are in use";
}

int Server::answer_unsupported(nta_incoming_t* irq, const sip_t& sip) {
  const std::string method = sip.sip_request->rq_method_name;
  const bool known = sip.sip_request->rq_method != sip_method_unknown;
  return reply(
      irq,
      {known ? 405 : 501, {}, method + " is not supported here; Allow lists what is", {}, {}, {}});
}

int Server::answer_unknown_dialog(nta_incoming_t* irq) {
  return reply(irq, {481, {}, "no such call here: it ended, or never was", {}, {}, {}});
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
  arrived_ = std::chrono::steady_clock::now() - udp_sockets_.waited(transport.get());
  note(sip, message.get());
  if (body_left_unread(sip) && declared_size(sip, message.get()) > options_.max_message_size) {
    ++bodies_unread_;
    metrics_->malformed(Metrics::Malformed::TooLarge);
    hang_up(std::move(transport));
  }
  const auto method = sip.sip_request->rq_method;
  if (method == sip_method_ack) return 481;  // gets no answer; sofia drops the transaction
  // BYE is granted whatever it says.
  if (method != sip_method_cancel && method != sip_method_bye) {
    if (const int status = refuse(irq, sip, message.get())) return status;
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
      return answer_options(irq, sip, message.get());
    default:
      return answer_unsupported(irq, sip);
  }
}

int Server::on_invite(nta_incoming_t* irq, const sip_t& sip, msg_t* message) {
  if (dialogs_.made_by(sip)) {
    return reply(irq,
                 {482, {}, "this INVITE came before and made a call that goes on", {}, {}, {}});
  }
  if (is_crowded()) {
    handler_.on_crowded();
    return reply(irq, {503, {}, crowded_text(), {}, {}, {}});
  }
  auto dialog = std::make_shared<ServerDialog>(*this, irq, sip, message);
  auto transaction = dialog->begin(irq, sip, message);
  if (!transaction) return nta_incoming_status(irq);  // 422
  dialogs_.add(dialog);
  auto handle = std::make_shared<TransactionHandle>(transaction);
  handler_.on_invite(dialog, std::move(handle));
  if (transaction->waiting()) reply_trying(irq);
  return 0;
}

}  // namespace srs::sip
