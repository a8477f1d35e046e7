// The SRS's side of one dialog.
#pragma once

#include "sip/dialog_request.hpp"
#include "sip/reply.hpp"
#include "sip/session_timer.hpp"
#include "sip/sofia.hpp"
#include "sip/transaction.hpp"

#include <srs/sip/handler.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::sip {

class Server;

// The server keeps it until its end; a request of ours that sofia has not answered yet holds a
// plain pointer to it.
class ServerDialog final : public Dialog, public std::enable_shared_from_this<ServerDialog> {
 public:
  ServerDialog(Server& server, nta_incoming_t* irq, const sip_t& sip, msg_t* message);

  std::string_view call_id() const override { return identity_.call_id; }
  std::string_view local_tag() const override { return local_tag_; }
  void set_handler(DialogHandler* handler) override { handler_ = handler; }
  void bye(std::string_view reason) override;

  std::string_view remote_tag() const { return remote_tag_; }
  std::uint32_t remote_cseq() const { return remote_cseq_; }
  const tport_t* connection() const { return connection_.get(); }
  // Any request within the dialog but ACK and CANCEL. The status sent, or 0 where it is sent later.
  int on_request(nta_incoming_t* irq, const sip_t& sip, msg_t* message);

  // Makes the transaction of an INVITE or UPDATE; nullptr where it was answered 422.
  std::shared_ptr<ServerTransaction> begin(nta_incoming_t* irq, const sip_t& sip, msg_t* message);
  ReplyExtras extras_for(const ServerTransaction& transaction, const Response& response) const;
  void on_answered(const ServerTransaction& transaction, int status);
  void on_acked(const sip_t& ack, msg_t* message, const std::string& transport);
  void on_ack_missing();
  void end(DialogEnd why, const Request* request);
  // The server is gone.
  void abandon();

 private:
  // Where its CSeq is no higher than the last one: the status sent.
  std::optional<int> refuse_out_of_order(nta_incoming_t* irq, const sip_t& sip);
  int on_offer(nta_incoming_t* irq, const sip_t& sip, msg_t* message);
  int on_bye(nta_incoming_t* irq, const sip_t& sip, msg_t* message);
  void follow_contact(const sip_t& sip, msg_t* message, bool initial);

  void apply_timer(const TimerAnswer& timer);
  void on_timer();
  void refresh();
  void on_refreshed(int status);
  void send_bye();
  void give_up();
  void on_bye_answered(int status);
  void after(std::chrono::milliseconds delay, void (ServerDialog::*then)());
  void refuse_waiting(int status);
  void close();

  Server* server_;
  Transport connection_;  // of TCP and TLS: requests of ours go back through it
  std::string local_tag_;
  std::string remote_tag_;
  std::uint32_t remote_cseq_;
  sip_method_t remote_method_;  // of the request that had it
  DialogIdentity identity_;
  DialogRequest request_;  // ours, while unanswered
  DialogHandler* handler_ = nullptr;
  std::vector<std::weak_ptr<ServerTransaction>> waiting_;
  TimerAnswer timer_answer_;
  std::unique_ptr<boost::asio::steady_timer> timer_;
  std::string bye_reason_;
  int bye_attempts_ = 0;
  bool answered_ = false;  // our 2xx to the first INVITE went out
  bool settled_ = false;   // and its ACK came, or will not come any more
  bool leaving_ = false;   // bye() was called, or the session timer ran out
  bool ended_ = false;
};

}  // namespace srs::sip
