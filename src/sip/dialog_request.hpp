// A request of ours within a dialog: the UPDATE that refreshes it, the BYE that ends it.
#pragma once

#include "sip/dialog_identity.hpp"
#include "sip/sofia.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace srs::sip {

class Server;

// The Reason of a BYE (RFC 3326); `text` is for a person.
std::string reason_header(std::string_view text, int cause);

// How long one waits that was answered 491 (RFC 3261 §14.1): the side that did not choose the
// Call-ID waits 0 to 2 s, in steps of 10 ms.
std::chrono::milliseconds glare_delay();

// At most one is under way. Server and identity outlive it.
class DialogRequest {
 public:
  // The status of the final response; 408 where none came. May destroy the request.
  using Answered = std::function<void(int status)>;

  DialogRequest(Server& server, const DialogIdentity& identity)
      : server_(server), identity_(identity) {}

  // False where it can't be sent: then nobody is told. `connection` is taken where it is one of TCP
  // or TLS that is still open.
  bool send_update(const std::string& session_expires, tport_t* connection, Answered answered);
  bool send_bye(const std::string& reason, tport_t* connection, Answered answered);
  // Its answer, if one still comes, finds nobody.
  void drop();
  // The agent is gone, and the request with it.
  void abandon() { request_ = nullptr; }

 private:
  static int on_response(nta_outgoing_magic_t* self, nta_outgoing_t* request, const sip_t* sip);
  bool sent(nta_outgoing_t* request, Answered answered);
  void finish(int status, msg_t* response);
  Leg make_leg() const;

  Server& server_;
  const DialogIdentity& identity_;
  nta_outgoing_t* request_ = nullptr;
  Answered answered_;
};

}  // namespace srs::sip
