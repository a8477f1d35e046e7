#include "sip/server.hpp"

#include "sip/bounded_messages.hpp"
#include "sip/certificate.hpp"
#include "sip/convert.hpp"
#include "sip/dialog.hpp"
#include "sip/message_arrival.hpp"
#include "sip/tls_objects.hpp"
#include "sip/transaction.hpp"

#include <algorithm>
#include <utility>

namespace srs::sip {
namespace {

constexpr std::chrono::seconds house_interval{5};
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
  metrics_ = std::make_unique<Metrics>(registry, [this] { return levels(); });
  Replier replier(
      *agent_, options_.user_agent,
      in_uri(options_.external_address.empty() ? first.address : options_.external_address));
  responder_ = std::make_unique<Responder>(root_, std::move(replier), *metrics_, trace_, log_);
  connections_ =
      std::make_unique<Connections>(root_, *agent_, options_.max_connections, registry, log_);
  responder_->set_on_unsent([this](nta_incoming_t* irq) {
    const Message message(nta_incoming_getrequest(irq));
    Transport transport(nta_incoming_transport(agent_->get(), irq, message.get()));
    connections_->cut_off(std::move(transport), source_of(message.get()));
  });
  root_.sofia_log().set_on_garbage([this](std::string_view source) { on_garbage(source); });
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
  root_.sofia_log().set_on_garbage({});
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
    cut_slow_senders();
    connections_->close_ended();
    end_overdue_handshakes();
    cut_connections();
    tell_kernel_drops();
    keep_house();
  });
}

void Server::tend_listeners() {
  udp_sockets_.find(agent_->listeners());
  stream_buffers_.bound(agent_->listeners());
}

// As long as a transaction waits for its peer (RFC 3261 §17.1.1.2).
void Server::end_overdue_handshakes() {
  for (const auto& peer : sip::end_overdue_handshakes(64 * options_.t1))
    root_.sofia_log().add_overdue_handshake(peer);
  root_.pump();
}

// Whose message began and does not end: over TLS sofia would wait for ever, over TCP as long as a
// byte comes now and then.
void Server::cut_slow_senders() {
  connections_->cut_slow_senders(peers_of_unfinished(options_.message_timeout));
}

void Server::cut_connections() {
  const auto cut = connections_->cut([this] {
    std::unordered_set<std::string> needed;
    dialogs_.for_each([&needed](const ServerDialog& dialog) {
      if (dialog.connection() != nullptr) needed.insert(peer_of(dialog.connection()));
    });
    return needed;
  });
  if (cut == 0) return;
  metrics_->connections_cut(cut);
  log_.warning("sip_connections_cut", {{"count", cut}, {"limit", options_.max_connections}});
}

void Server::tell_kernel_drops() {
  const auto drops = udp_sockets_.drops();
  if (drops <= drops_told_) return;
  drop_lines_.add(log::Folded::Clock::now(), drops - drops_told_);
  drops_told_ = drops;
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
  levels.dropped_requests = root_.sofia_log().dropped();
  levels.bad_responses = bad_responses;
  const auto named = bad_requests + bad_responses + stops_;
  levels.garbage = bad > named ? bad - named : 0;
  levels.overflows = root_.sofia_log().overflows();
  levels.merged = merged;
  levels.handshakes_failed = root_.sofia_log().handshakes_failed();
  levels.kernel_drops = udp_sockets_.drops();
  levels.certificate_expiry = certificate_expiry_;
  return levels;
}

void Server::on_garbage(std::string_view source) {
  const std::string peer(source.substr(source.find('/') + 1));
  // Our own mark, see bounded_message_class(), or a message that we cut.
  if (connections_->hangs_up(peer) || connections_->is_slow_sender(peer)) {
    ++stops_;
    return;
  }
  // Of a datagram sofia tells the listener's port and not the peer's.
  const bool datagram = source.starts_with("udp/");
  const auto told = datagram ? source.substr(0, source.rfind(':')) : source;
  garbage_lines_.add(log::Folded::Clock::now(), 1, [told] {
    return log::Fields{{"source", told}};
  });
  // What follows can't be told apart any more, and sofia reads no further.
  if (!datagram) connections_->give_up(peer);
}

}  // namespace srs::sip
