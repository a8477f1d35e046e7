// What the SIP stack asks of the floors above it.
#pragma once

#include <srs/sip/message.hpp>

#include <memory>
#include <string_view>

namespace srs::sip {

// An INVITE, re-INVITE or UPDATE that waits for its final response. 100 has been sent where it
// applies. Dropped unanswered, it is answered 500.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual const Request& request() const = 0;
  // Once; later calls and responses to a cancelled INVITE do nothing. 2xx to INVITE is repeated by
  // the stack until its ACK comes (RFC 3261 §13.3.1.4).
  virtual void respond(const Response& response) = 0;
};

enum class DialogEnd {
  Bye,        // the SRC sent BYE; 200 has been sent
  Cancelled,  // CANCEL before our final response; 487 has been sent
  Expired,    // the session timer ran out without a refresh (RFC 4028); BYE has been sent
  Failed,  // the dialog can't go on: our final response was an error, or the SRC answered our BYE
};

// One dialog's events; the recording session implements it.
class DialogHandler {
 public:
  virtual ~DialogHandler() = default;
  // re-INVITE or UPDATE. May come while an earlier one is unanswered.
  virtual void on_offer(std::shared_ptr<Transaction> transaction) = 0;
  // The ACK of a 2xx; its body is the answer to our own offer, where we made one.
  virtual void on_ack(const Request& ack) = 0;
  // The last event. `request` is the BYE with its body and headers, nullptr for the other ends.
  virtual void on_end(DialogEnd end, const Request* request) = 0;
};

// The SRS's side of one dialog. Lives until its end was told and all references are gone.
class Dialog {
 public:
  virtual ~Dialog() = default;
  virtual std::string_view call_id() const = 0;
  virtual std::string_view local_tag() const = 0;
  // Where events go from now on; nullptr: they are answered by the stack alone (BYE still gets
  // 200).
  virtual void set_handler(DialogHandler* handler) = 0;
  // Ends the dialog from our side, with a Reason header (RFC 3326). No on_end follows. Whatever the
  // SRC answers, 405 and 481 included, is the end (they are counted).
  virtual void bye(std::string_view reason) = 0;
};

// The application: decides about new calls.
class SessionHandler {
 public:
  virtual ~SessionHandler() = default;
  // An INVITE outside a dialog. The handler answers through `invite`, now or later, and calls
  // `dialog->set_handler` before it returns if it wants the dialog's events.
  virtual void on_invite(std::shared_ptr<Dialog> dialog, std::shared_ptr<Transaction> invite) = 0;
  // An INVITE is answered 503 since max_dialogs are in use: it never comes to on_invite.
  virtual void on_crowded(const Request&, const Response&) {}
  // One that would have begun a session is refused for its SIP: an extension in Require that nobody
  // knows, its size, its version, its Request-URI, ... It never comes to on_invite.
  virtual void on_unacceptable(const Request&, const Response&) {}
  // Whether OPTIONS outside a dialog gets 200; otherwise 503 with this text as Warning.
  virtual std::string_view unavailable() const { return {}; }
};

}  // namespace srs::sip
