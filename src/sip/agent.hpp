// sofia's transaction layer with its listeners.
#pragma once

#include "sip/bounded_messages.hpp"
#include "sip/endpoint.hpp"
#include "sip/root.hpp"
#include "sip/sofia.hpp"

#include <srs/util/result.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace srs::sip {

struct AgentSettings {
  std::chrono::milliseconds t1{500};
  std::size_t max_message_size = 65536;  // bytes
  int udp_receive_buffer = 0;            // bytes; 0: the system's default
  std::string external_address;          // for Via and Contact; empty: our own
  std::string tls_directory;
  bool tls_verify_client = false;
};

// One socket. sofia binds a wildcard to each address there is, so several may serve one endpoint.
struct Listener {
  Endpoint endpoint;    // as configured, with the port it got
  std::string address;  // the one it is bound to
  tport_t* transport;   // sofia's primary transport; lives as long as the agent
};

// Owns the nta agent. Same thread and lifetime rules as Root, which outlives it.
class Agent {
 public:
  static Result<std::unique_ptr<Agent>> create(Root& root, const AgentSettings& settings);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  nta_agent_t* get() const { return agent_; }
  Root& root() const { return root_; }
  su_home_t* home() const { return home_.get(); }

  // The error names the address and what the system said.
  Result<void> listen(const Endpoint& endpoint);
  const std::vector<Listener>& listeners() const { return listeners_; }
  // The listener that `transport` is, or whose connection it is.
  const Listener& listener_of(tport_t* transport) const;

  // Listens on these addresses too where a wildcard endpoint asks for all there are and they are
  // new. What can't be bound (an IPv6 address still tentative) is left for the next time.
  void cover(const std::vector<std::string>& addresses);
  bool has_wildcard() const;

  // The host to name to peers of this listener.
  const std::string& host_of(const Listener& listener) const;
  // `<sip:host:port;transport=tcp>` and the parameters, made once for each listener.
  sip_contact_t* contact(const Listener& listener, const std::string& parameters);

  // A part of the connections of all TCP and TLS listeners: sofia keeps them in a tree and shows
  // its root and what lies to one side.
  std::vector<tport_t*> visible_connections() const;

  // Transactions of both directions, those kept for retransmissions included.
  std::size_t transactions() const;

 private:
  Agent(Root& root, const AgentSettings& settings) : root_(root), settings_(settings) {}
  bool start();
  std::string bind_url(const Endpoint& endpoint) const;
  Result<void> bind(const Endpoint& endpoint);
  void adopt_new_transports(const Endpoint& asked);

  Root& root_;
  AgentSettings settings_;
  MessageClass message_class_ = bounded_message_class();  // outlives the agent
  Home home_ = make_home();
  nta_agent_t* agent_ = nullptr;
  std::vector<Listener> listeners_;
  std::map<const tport_t*, sip_contact_t*> contacts_;
};

}  // namespace srs::sip
