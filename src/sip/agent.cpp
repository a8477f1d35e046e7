#include "sip/agent.hpp"

#include <srs/util/text.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace srs::sip {
namespace {

// Seconds of silence within one message after which a connection is closed: a slow or stuck sender
// must not hold our memory.
constexpr unsigned message_timeout_ms = 30'000;
// A connection without any message: SRCs keep one for all their recordings, so be generous.
constexpr unsigned idle_timeout_ms = 4 * 3600 * 1000;

const url_string_t* as_url(const std::string& text) {
  return reinterpret_cast<const url_string_t*>(text.c_str());
}

// Asks nta_agent_create for no listener yet.
const url_string_t* no_url() {
  return reinterpret_cast<const url_string_t*>(std::intptr_t{-1});
}

Endpoint endpoint_of(tport_t* transport, const Endpoint& asked) {
  Endpoint result = asked;
  const su_addrinfo_t* info = tport_get_address(transport);
  if (info == nullptr || info->ai_addr == nullptr) return result;
  const auto* address = reinterpret_cast<const su_sockaddr_t*>(info->ai_addr);
  result.port = ntohs(address->su_port);
  return result;
}

}  // namespace

Result<std::unique_ptr<Agent>> Agent::create(Root& root, const AgentSettings& settings) {
  std::unique_ptr<Agent> agent(new Agent(root, settings));
  if (!agent->start())
    return Error{std::string("sofia could not be started: ") + std::strerror(errno)};
  return agent;
}

bool Agent::start() {
  const auto t1 = static_cast<unsigned>(settings_.t1.count());
  agent_ = nta_agent_create(
      root_.get(), no_url(), nullptr, nullptr,
      NTATAG_UA(1),  // otherwise the ACKs of our 2xx never arrive
      NTATAG_MERGE_482(
          0),  // we see to merged requests, see DialogTable
               // Headers are wanted as they came, above all those that sofia can't read.
      NTATAG_SIPFLAGS(MSG_DO_CANONIC | MSG_DO_EXTRACT_COPY | MSG_FLG_COMMA_LISTS),
      // Header errors come to us with the request: a broken Contact must not cost a recording.
      NTATAG_BAD_REQ_MASK(0), NTATAG_SIP_T1(t1), NTATAG_SIP_T1X64(64 * t1), NTATAG_SIP_T2(8 * t1),
      NTATAG_SIP_T4(10 * t1), NTATAG_MAXSIZE(settings_.max_message_size),
      NTATAG_UDP_MTU(65535),  // never move a request to TCP behind the peer's back
      NTATAG_USE_NAPTR(0),    // a remote target names its transport, or means UDP
      TAG_END());
  return agent_ != nullptr;
}

Agent::~Agent() {
  if (agent_ != nullptr) nta_agent_destroy(agent_);
}

std::string Agent::bind_url(const Endpoint& endpoint) const {
  const bool tls = endpoint.transport == "tls";
  const auto& external = settings_.external_address;
  std::string url = tls ? "sips:" : "sip:";
  url += in_uri(external.empty() ? endpoint.host : external);
  url += ":" + (endpoint.port == 0 ? std::string("*") : std::to_string(endpoint.port));
  if (!tls) url += ";transport=" + endpoint.transport;
  if (!external.empty()) url += ";maddr=" + in_uri(endpoint.host);
  return url;
}

Result<void> Agent::listen(const Endpoint& endpoint) {
  const auto url = bind_url(endpoint);
  const bool tls = endpoint.transport == "tls";
  errno = 0;
  const int failed = nta_agent_add_tport(
      agent_, as_url(url), TPTAG_SERVER(1), TPTAG_TIMEOUT(message_timeout_ms),
      TPTAG_IDLE(idle_timeout_ms), TPTAG_SDWN_ERROR(0),
      TAG_IF(settings_.udp_receive_buffer > 0,
             TPTAG_UDP_RMEM(static_cast<unsigned>(settings_.udp_receive_buffer))),
      TAG_IF(tls, TPTAG_CERTIFICATE(settings_.tls_directory.c_str())),
      TAG_IF(tls, TPTAG_TLS_VERIFY_POLICY(settings_.tls_verify_client ? TPTLS_VERIFY_IN
                                                                      : TPTLS_VERIFY_NONE)),
      TAG_END());
  const int reason = errno;
  root_.pump();
  if (failed < 0) return Error{endpoint.text() + ": " + std::strerror(reason != 0 ? reason : EIO)};
  adopt_new_transports(endpoint);
  return {};
}

void Agent::adopt_new_transports(const Endpoint& asked) {
  for (tport_t* it = tport_primaries(nta_agent_tports(agent_)); it != nullptr;
       it = tport_next(it)) {
    const bool known = std::any_of(listeners_.begin(), listeners_.end(),
                                   [it](const Listener& l) { return l.transport == it; });
    if (!known) listeners_.push_back({endpoint_of(it, asked), it});
  }
}

const Listener& Agent::listener_of(tport_t* transport) const {
  tport_t* primary =
      transport != nullptr && tport_is_secondary(transport) ? tport_parent(transport) : transport;
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [primary](const Listener& l) { return l.transport == primary; });
  return found != listeners_.end() ? *found : listeners_.front();
}

const Listener* Agent::listener_for(std::string_view transport_name) const {
  const auto found = std::find_if(listeners_.begin(), listeners_.end(), [&](const Listener& l) {
    return iequals(l.bound.transport, transport_name);
  });
  return found != listeners_.end() ? &*found : nullptr;
}

std::string Agent::local_host(const Listener& listener, std::string_view peer) const {
  if (!settings_.external_address.empty()) return settings_.external_address;
  if (!listener.bound.wildcard) return listener.bound.host;
  auto routed = address_towards(peer);
  return routed.empty() ? listener.bound.host : routed;
}

sip_contact_t* Agent::contact(const Listener& listener, const std::string& host,
                              const std::string& parameters) {
  auto& made = contacts_[{listener.transport, host}];
  if (made != nullptr) return made;
  const auto& bound = listener.bound;
  auto text = "<sip:" + in_uri(host) + ":" + std::to_string(bound.port);
  if (bound.transport != "udp") text += ";transport=" + bound.transport;
  text += ">";
  if (!parameters.empty()) text += ";" + parameters;
  made = sip_contact_make(home_.get(), text.c_str());
  return made;
}

std::size_t Agent::transactions() const {
  usize_t incoming = 0;
  usize_t outgoing = 0;
  nta_agent_get_stats(agent_, NTATAG_S_IRQ_HASH_USED_REF(incoming),
                      NTATAG_S_ORQ_HASH_USED_REF(outgoing), TAG_END());
  return incoming + outgoing;
}

}  // namespace srs::sip
