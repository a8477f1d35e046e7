// A request that the application answers.
#pragma once

#include "sip/session_timer.hpp"
#include "sip/sofia.hpp"

#include <srs/log/logger.hpp>
#include <srs/sip/handler.hpp>

#include <chrono>
#include <exception>
#include <memory>

namespace srs::sip {

class Server;
class ServerDialog;

// An INVITE or UPDATE from its arrival until its ACK came or nothing more can come. The server
// keeps it that long; sofia holds a plain pointer to it.
class ServerTransaction : public std::enable_shared_from_this<ServerTransaction> {
 public:
  ServerTransaction(Server& server, nta_incoming_t* irq, std::shared_ptr<ServerDialog> dialog,
                    Request request, TimerAnswer timer);

  const Request& request() const { return request_; }
  const TimerAnswer& timer() const { return timer_; }
  bool initial() const { return initial_; }
  // Not answered yet.
  bool waiting() const { return server_ != nullptr && !answered_; }

  // `told`: the application refuses, and has logged why.
  void respond(const Response& response, bool told = false);
  // From here on it can do nothing: the server is gone.
  void abandon();

 private:
  void on_event(const sip_t* sip);
  void log_failure(const std::exception& error) const;
  static int on_event(nta_incoming_magic_t* self, nta_incoming_t* irq, const sip_t* sip);
  void on_ack(const sip_t& ack);
  void on_cancel(const sip_t& cancel);
  void on_no_ack();
  void finish();

  Server* server_;
  log::Logger log_;
  nta_incoming_t* irq_;
  std::shared_ptr<ServerDialog> dialog_;
  Request request_;
  TimerAnswer timer_;
  const bool invite_;
  const bool initial_;
  const std::chrono::steady_clock::time_point arrived_;
  bool answered_ = false;
  int status_ = 0;
};

// What the application holds: answers 500 where it is dropped unanswered.
class TransactionHandle final : public Transaction {
 public:
  explicit TransactionHandle(std::shared_ptr<ServerTransaction> transaction)
      : transaction_(std::move(transaction)) {}
  ~TransactionHandle() override;
  TransactionHandle(const TransactionHandle&) = delete;
  TransactionHandle& operator=(const TransactionHandle&) = delete;

  const Request& request() const override { return transaction_->request(); }
  void respond(const Response& response) override { transaction_->respond(response, true); }

 private:
  std::shared_ptr<ServerTransaction> transaction_;
};

}  // namespace srs::sip
