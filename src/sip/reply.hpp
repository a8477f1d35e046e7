// Responses as sofia sends them.
#pragma once

#include "sip/agent.hpp"
#include "sip/sofia.hpp"

#include <srs/sip/message.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace srs::sip {

// What a response carries besides what the application said.
struct ReplyExtras {
  sip_contact_t* contact = nullptr;
  bool capabilities = false;    // Allow, Supported, Accept
  std::string session_expires;  // RFC 4028; empty: none
  bool require_timer = false;
  std::string unsupported;        // 420
  std::chrono::seconds min_se{};  // 422
  bool identity_only = false;     // 415 for a Content-Encoding
  bool told = false;              // whoever refuses has logged it
};

// Makes and sends responses; the headers that are always the same are parsed once.
class Replier {
 public:
  Replier(Agent& agent, const std::string& user_agent, const std::string& host);

  // False where it could not be sent; sofia tries once more on its own.
  bool send(nta_incoming_t* irq, const Response& response, const ReplyExtras& extras) const;
  void send_trying(nta_incoming_t* irq) const;

  static constexpr const char* allowed = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE";
  // What a Require may ask for. 100rel costs nothing: it obliges only those who send 18x, and we
  // never do (RFC 3262 §3).
  static constexpr const char* understood = "siprec, timer, 100rel";

 private:
  std::string host_;
  sip_server_t* server_;
  sip_allow_t* allow_;
  sip_supported_t* supported_;
  sip_accept_t* accept_;
};

}  // namespace srs::sip
