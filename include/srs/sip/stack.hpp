// The SIP stack: sofia-sip's transaction layer on the io_context.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/sip/handler.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace srs::sip {

struct Options {
  // `udp:0.0.0.0:5060`, `tcp:[::]:5060`, `tls:0.0.0.0:5061`; port 0: any free one.
  std::vector<std::string> listen = {"udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"};
  std::string external_address;  // host for Contact and Via where NAT stands between; empty: own
  std::string tls_directory;     // agent.pem and cafile.pem, for tls: listeners
  bool tls_verify_client =
      false;  // mutual authentication (RFC 7866 §12.1): no certificate, no call
  std::string user_agent = "siprec-server/" SRS_VERSION;
  std::size_t max_message_size = 65536;  // bytes; larger ones get 513
  std::size_t max_dialogs = 20000;       // 503 beyond
  std::size_t max_connections = 2000;    // of TCP and TLS; those without calls are cut beyond
  std::chrono::seconds min_session_expires{90};  // RFC 4028: 422 below
  int udp_receive_buffer = 4 << 20;              // bytes
  std::chrono::milliseconds t1{500};             // RFC 3261 §17.1.1.1
  // From a message's first byte to its last, over TCP and TLS; a connection that takes longer is
  // closed. So long does the sender of a request wait for its answer (64 * T1).
  std::chrono::milliseconds message_timeout{32'000};
};

// Counts sip_requests_total{method}, sip_responses_total{code}, sip_response_time_seconds{method}
// and what else happens here. Label values are bounded: unknown methods count as `other`.
//
// Listens, keeps transactions and dialogs, answers what needs no decision (OPTIONS 200, unknown
// dialog 481, unknown method 405 or 501, unknown Require 420, malformed 400, overlong 513) and
// hands the rest to `handler`. Runs on `executor`, which has one thread; `handler` and `registry`
// outlive it.
class Stack {
 public:
  // Fails where an address can't be bound, naming each one that can't.
  static Result<std::unique_ptr<Stack>> open(boost::asio::any_io_executor executor,
                                             const Options& options, SessionHandler& handler,
                                             metrics::Registry& registry, log::Logger log);
  virtual ~Stack() = default;

  // One per listener, as bound: `udp:127.0.0.1:5060`.
  virtual std::vector<std::string> listeners() const = 0;
  // The host to name in SDP for a call that came from `source` (`192.0.2.1:5060`):
  // external_address, or the listener's own address, or for a wildcard listener the address that
  // routes to the peer.
  virtual std::string media_address(std::string_view source) const = 0;
  // SIP messages to log as a whole, whatever the level: `all`, or parts of Call-ID, From, To or the
  // peer's address, separated by commas; empty: those that the level lets through.
  virtual void set_trace_filter(std::string filter) = 0;
  virtual std::size_t dialogs() const = 0;
  // Transactions of ended calls still kept for retransmissions count too: nothing is in flight at
  // 0.
  virtual std::size_t transactions() const = 0;
};

}  // namespace srs::sip
