#include "sip/agent.hpp"

#include "sip/certificate.hpp"
#include "sip/tls_objects.hpp"

#include <srs/util/endpoint.hpp>
#include <srs/util/text.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace srs::sip {
namespace {

// Silence within one message over TCP after which sofia takes it for ended; over TLS it knows no
// such time. For those who do not end such connections themselves, as Server does, and earlier.
constexpr unsigned message_timeout_ms = 60'000;
// A connection without any message: SRCs keep one for all their recordings, so be generous.
constexpr unsigned idle_timeout_ms = 4 * 3600 * 1000;

const url_string_t* as_url(const std::string& text) {
  return reinterpret_cast<const url_string_t*>(text.c_str());
}

// Asks nta_agent_create for no listener yet.
const url_string_t* no_url() {
  return reinterpret_cast<const url_string_t*>(std::intptr_t{-1});
}

std::string text_of(const su_sockaddr_t& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  su_inet_ntop(address.su_family, SU_ADDR(&address), text.data(), text.size());
  return text.data();
}

Listener listener_at(tport_t* transport, const Endpoint& asked) {
  Listener listener{asked, asked.host, transport};
  const su_addrinfo_t* info = tport_get_address(transport);
  if (info == nullptr || info->ai_addr == nullptr) return listener;
  const auto* address = reinterpret_cast<const su_sockaddr_t*>(info->ai_addr);
  listener.endpoint.port = ntohs(address->su_port);
  listener.address = text_of(*address);
  return listener;
}

}  // namespace

Result<std::unique_ptr<Agent>> Agent::create(Root& root, const AgentSettings& settings) {
  std::unique_ptr<Agent> agent(new Agent(root, settings));
  if (!agent->start())
    return Error{std::string("sofia could not be started: ") + std::strerror(errno)};
  return agent;
}

bool Agent::start() {
  if (!message_class_) return false;
  const auto t1 = static_cast<unsigned>(settings_.t1.count());
  agent_ = nta_agent_create(
      root_.get(), no_url(), nullptr, nullptr,
      NTATAG_UA(1),  // otherwise the ACKs of our 2xx never arrive
      NTATAG_MERGE_482(
          0),  // we see to merged requests, see DialogTable
               // Headers are wanted as they came, above all those that sofia can't read.
      NTATAG_SIPFLAGS(MSG_DO_CANONIC | MSG_DO_EXTRACT_COPY),
      // Header errors come to us with the request: a broken Contact must not cost a recording.
      NTATAG_BAD_REQ_MASK(0), NTATAG_SIP_T1(t1), NTATAG_SIP_T1X64(64 * t1), NTATAG_SIP_T2(8 * t1),
      NTATAG_SIP_T4(10 * t1), NTATAG_MAXSIZE(settings_.max_message_size),
      NTATAG_MCLASS(message_class_.get()),
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
  if (endpoint.transport == "tls") {
    if (auto checked = check_certificates(settings_.tls_directory); !checked)
      return checked.error();
    free_tls_objects_with_connections();
    show_chain_of(std::filesystem::path(settings_.tls_directory) / "agent.pem");
  }
  auto bound = bind(endpoint);
  if (bound) adopt_new_transports(endpoint);
  return bound;
}

Result<void> Agent::bind(const Endpoint& endpoint) {
  const auto url = bind_url(endpoint);
  const bool tls = endpoint.transport == "tls";
  errno = 0;
  const int failed = nta_agent_add_tport(
      agent_, as_url(url), TPTAG_SERVER(1), TPTAG_TIMEOUT(message_timeout_ms),
      TPTAG_IDLE(idle_timeout_ms), TPTAG_SDWN_ERROR(0),
      TPTAG_STUN_SERVER(0),  // it writes a line to stderr for each datagram
      TAG_IF(settings_.udp_receive_buffer > 0,
             TPTAG_UDP_RMEM(static_cast<unsigned>(settings_.udp_receive_buffer))),
      TAG_IF(tls, TPTAG_CERTIFICATE(settings_.tls_directory.c_str())),
      TAG_IF(tls, TPTAG_TLS_VERIFY_POLICY(settings_.tls_verify_client ? TPTLS_VERIFY_IN
                                                                      : TPTLS_VERIFY_NONE)),
      TAG_END());
  const int reason = errno;
  root_.pump();
  if (failed < 0)
    return Error{endpoint.text() + ": " + bind_refusal(reason != 0 ? reason : EIO, endpoint.port)};
  return {};
}

void Agent::adopt_new_transports(const Endpoint& asked) {
  for (tport_t* it = tport_primaries(nta_agent_tports(agent_)); it != nullptr;
       it = tport_next(it)) {
    const bool known = std::any_of(listeners_.begin(), listeners_.end(),
                                   [it](const Listener& l) { return l.transport == it; });
    if (!known) listeners_.push_back(listener_at(it, asked));
  }
}

bool Agent::has_wildcard() const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [](const Listener& l) { return l.endpoint.wildcard; });
}

void Agent::cover(const std::vector<std::string>& addresses) {
  std::map<std::string, Endpoint> wildcards;
  for (const auto& listener : listeners_) {
    if (listener.endpoint.wildcard) wildcards.emplace(listener.endpoint.text(), listener.endpoint);
  }
  for (const auto& [text, wildcard] : wildcards) {
    for (const auto& address : addresses) {
      if ((address.find(':') != std::string::npos) != wildcard.ipv6) continue;
      const bool served = std::any_of(listeners_.begin(), listeners_.end(), [&](const Listener& l) {
        return l.address == address && l.endpoint.text() == text;
      });
      auto endpoint = wildcard;
      endpoint.host = address;
      if (!served && bind(endpoint)) adopt_new_transports(wildcard);
    }
  }
}

const Listener& Agent::listener_of(tport_t* transport) const {
  tport_t* primary =
      transport != nullptr && tport_is_secondary(transport) ? tport_parent(transport) : transport;
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [primary](const Listener& l) { return l.transport == primary; });
  return found != listeners_.end() ? *found : listeners_.front();
}

const std::string& Agent::host_of(const Listener& listener) const {
  return settings_.external_address.empty() ? listener.address : settings_.external_address;
}

sip_contact_t* Agent::contact(const Listener& listener, const std::string& parameters) {
  auto& made = contacts_[listener.transport];
  if (made != nullptr) return made;
  const auto& endpoint = listener.endpoint;
  auto text = "<sip:" + in_uri(host_of(listener)) + ":" + std::to_string(endpoint.port);
  if (endpoint.transport != "udp") text += ";transport=" + endpoint.transport;
  text += ">";
  if (!parameters.empty()) text += ";" + parameters;
  made = sip_contact_make(home_.get(), text.c_str());
  return made;
}

std::vector<tport_t*> Agent::visible_connections() const {
  std::vector<tport_t*> result;
  for (const auto& listener : listeners_) {
    if (listener.endpoint.transport == "udp") continue;
    for (tport_t* it = tport_secondary(listener.transport); it != nullptr; it = tport_next(it))
      result.push_back(it);
  }
  return result;
}

std::size_t Agent::transactions() const {
  usize_t incoming = 0;
  usize_t outgoing = 0;
  nta_agent_get_stats(agent_, NTATAG_S_IRQ_HASH_USED_REF(incoming),
                      NTATAG_S_ORQ_HASH_USED_REF(outgoing), TAG_END());
  return incoming + outgoing;
}

}  // namespace srs::sip
