// The calling side (SRC), for the test caller and for tests; the server does not link it.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::sip {

struct CallOptions {
  std::string target;  // `sip:HOST:PORT[;transport=tcp]`; the host is an address, no name
  std::string from;    // From URI; empty: `sip:src@` our own address
  std::string contact_params = "+sip.src";  // without a leading `;`; empty: none
  std::string require = "siprec";           // empty: no Require header
  std::string content_type;                 // with `body`
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // more of them, name and value
};

// A final response as it came.
struct Answer {
  int status = 0;         // 408 where none came, 503 where the request could not be sent
  bool received = false;  // false: such a one of our own, nothing came from the peer
  std::string phrase;
  std::string warning;  // the Warning header, complete
  std::string content_type;
  std::string body;
  std::string local_tag;                                     // To tag of the answering side
  std::vector<std::pair<std::string, std::string>> headers;  // every header, bounded in count
  // From handing the request to the stack until the response reached us.
  std::chrono::nanoseconds latency{};
};

enum class CallEnd {
  Rejected,    // the INVITE got no 2xx; on_answer came before
  PeerBye,     // BYE from the other side; 200 has been sent
  Bye,         // our BYE was answered
  ByeTimeout,  // our BYE was not answered, or not with 2xx
  Lost,        // the caller was closed, or the dialog could not be set up from the answer
};

// One call's events, on the executor, never from within a call into OutgoingCall or Caller.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  // The final response to the INVITE. For 2xx the ACK has been sent already.
  virtual void on_answer(const Answer& answer) = 0;
  // The final response to reinvite() or update(); the ACK of a 2xx to a re-INVITE has been sent.
  virtual void on_reanswer(const Answer& answer) { static_cast<void>(answer); }
  // re-INVITE or UPDATE from the other side is answered 488 by the stack; OPTIONS 200.
  // The last event. `latency` is that of the answer to our BYE, zero otherwise.
  virtual void on_end(CallEnd end, std::chrono::nanoseconds latency) = 0;
};

// One call. The Caller keeps it alive until its end, whoever else holds it.
class OutgoingCall {
 public:
  virtual ~OutgoingCall() = default;
  virtual const std::string& call_id() const = 0;
  // Ends an answered call; before the answer it is sent as soon as the answer is there.
  virtual void bye(std::string content_type = {}, std::string body = {}) = 0;
  // Before the answer only; on_answer follows with 487, or with 2xx where it came too late.
  virtual void cancel() = 0;
  virtual void reinvite(std::string content_type, std::string body) = 0;
  virtual void update(std::string content_type, std::string body) = 0;
  // No more events reach the handler.
  virtual void forget() = 0;
};

struct CallerOptions {
  std::string listen = "udp:127.0.0.1:0";  // or `tcp:...`; the same form as the server's
  std::string user_agent = "siprec-call/" SRS_VERSION;
  std::chrono::milliseconds t1{500};
};

// A SIP user agent that places calls. Runs on `executor`, which has one thread.
class Caller {
 public:
  // Fails where the address can't be bound.
  static Result<std::unique_ptr<Caller>> open(boost::asio::any_io_executor executor,
                                              const CallerOptions& options, log::Logger log);
  virtual ~Caller() = default;  // running calls end as CallEnd::Lost without a message

  // Sends an INVITE. `handler` outlives the call or is forgotten by it. Where the target is no
  // usable URI the handler gets an Answer of 400.
  virtual std::shared_ptr<OutgoingCall> invite(const CallOptions& options,
                                               CallHandler& handler) = 0;
  // The address that SDP may name: `127.0.0.1`.
  virtual std::string local_address() const = 0;
  virtual std::size_t calls() const = 0;         // not ended yet
  virtual std::size_t transactions() const = 0;  // with those kept for retransmissions
};

}  // namespace srs::sip
