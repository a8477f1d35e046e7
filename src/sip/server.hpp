// The heart of the stack: receives every request, owns dialogs and transactions.
#pragma once

#include "sip/agent.hpp"
#include "sip/connections.hpp"
#include "sip/dialog_table.hpp"
#include "sip/message_trace.hpp"
#include "sip/metrics.hpp"
#include "sip/responder.hpp"
#include "sip/root.hpp"
#include "sip/sockets.hpp"
#include "sip/sofia.hpp"
#include "sip/udp_sockets.hpp"

#include <srs/log/folded.hpp>
#include <srs/log/logger.hpp>
#include <srs/sip/stack.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace srs::sip {

class ServerDialog;
class ServerTransaction;

class Server final : public Stack {
 public:
  static Result<std::unique_ptr<Stack>> open(boost::asio::any_io_executor executor,
                                             const Options& options, SessionHandler& handler,
                                             metrics::Registry& registry, log::Logger log);
  ~Server() override;

  std::vector<std::string> listeners() const override;
  std::string media_address(std::string_view source) const override;
  std::size_t dialogs() const override { return dialogs_.size(); }
  std::size_t transactions() const override { return agent_->transactions(); }

  void set_trace_filter(std::string filter) override { trace_.set_filter(std::move(filter)); }

  // What follows serves dialogs and transactions.
  const Options& options() const { return options_; }
  Agent& agent() { return *agent_; }
  Root& root() { return root_; }
  Metrics& metrics() { return *metrics_; }
  MessageTrace& trace() { return trace_; }
  const log::Logger& log() const { return log_; }

  void keep(const std::shared_ptr<ServerTransaction>& transaction) {
    transactions_.insert(transaction);
  }
  void forget(const std::shared_ptr<ServerTransaction>& transaction) {
    transactions_.erase(transaction);
  }
  void forget(const ServerDialog& dialog) { dialogs_.remove(dialog); }

  void cut_connections();
  void cut_slow_senders();
  // Counts and logs a request.
  void note(const sip_t& sip, msg_t* message);
  // When the request that sofia tells us of at this moment arrived.
  std::chrono::steady_clock::time_point arrived() const { return arrived_; }
  Responder& responder() { return *responder_; }
  // To a request that is answered at once, within sofia's callback; the status.
  int reply(nta_incoming_t* irq, const Response& response, const ReplyExtras& extras = {}) {
    return responder_->reply(irq, response, extras, arrived_);
  }
  bool is_crowded() const;
  std::string crowded_text() const;
  int answer_options(nta_incoming_t* irq, msg_t* message, bool in_dialog);
  int answer_unsupported(nta_incoming_t* irq, const sip_t& sip);

 private:
  Server(boost::asio::any_io_executor executor, const Options& options, SessionHandler& handler,
         log::Logger log);
  Result<void> start(metrics::Registry& registry);
  Metrics::Levels levels() const;
  void keep_house();
  void tend_listeners();
  void end_overdue_handshakes();
  void tell_kernel_drops();

  // A request of no dialog that we know. The status sent, or 0 where it will be sent later.
  int on_request(nta_incoming_t* irq, const sip_t& sip);
  int on_request_guarded(nta_incoming_t* irq, const sip_t& sip);
  int on_invite(nta_incoming_t* irq, const sip_t& sip, msg_t* message);
  int answer_unknown_dialog(nta_incoming_t* irq);
  void on_garbage(std::string_view source);

  Options options_;
  SessionHandler& handler_;
  log::Logger log_;
  MessageTrace trace_;
  Root root_;
  boost::asio::steady_timer house_timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Responder> responder_;
  std::unique_ptr<Connections> connections_;
  UdpSockets udp_sockets_;
  StreamBuffers stream_buffers_;
  log::Folded garbage_lines_{log_, log::Level::Warning, "sip_garbage"};
  log::Folded drop_lines_{log_, log::Level::Warning, "sip_kernel_drops"};
  std::uint64_t drops_told_ = 0;
  std::uint64_t stops_ = 0;  // our own among what sofia takes for garbage
  std::chrono::steady_clock::time_point arrived_;
  std::optional<WallTime> certificate_expiry_;
  DialogTable dialogs_;
  std::unordered_set<std::shared_ptr<ServerTransaction>> transactions_;
};

}  // namespace srs::sip
