// One call that we place.
#pragma once

#include "sip/agent.hpp"
#include "sip/sofia.hpp"

#include <srs/sip/caller.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace srs::sip {

// The caller's calls register here; a call leaves when it ended.
class CallKeeper {
 public:
  virtual ~CallKeeper() = default;
  virtual Agent& agent() = 0;
  virtual const std::string& user_agent() const = 0;
  virtual const log::Logger& log() const = 0;
  virtual void forget(const std::string& call_id) = 0;
};

class ClientCall final : public OutgoingCall, public std::enable_shared_from_this<ClientCall> {
 public:
  ClientCall(CallKeeper& keeper, const CallOptions& options, CallHandler& handler);
  ~ClientCall() override;

  // False where the target is no usable URI.
  bool start();
  void fail_later(int status, std::string phrase);
  void abandon();

  const std::string& call_id() const override { return call_id_; }
  void bye(std::string content_type, std::string body) override;
  void cancel() override;
  void reinvite(std::string content_type, std::string body) override;
  void update(std::string content_type, std::string body) override;
  void forget() override { handler_ = nullptr; }

 private:
  enum class State { Calling, Answered, Leaving, Ended };
  using Clock = std::chrono::steady_clock;

  int on_request(nta_incoming_t* irq, const sip_t& sip);
  static int on_invite_response(nta_outgoing_magic_t* self, nta_outgoing_t* orq, const sip_t* sip);
  static int on_offer_response(nta_outgoing_magic_t* self, nta_outgoing_t* orq, const sip_t* sip);
  static int on_bye_response(nta_outgoing_magic_t* self, nta_outgoing_t* orq, const sip_t* sip);
  void on_answer(const sip_t* sip, int status);
  void set_up_dialog(const sip_t& sip);
  void acknowledge(const sip_t& sip);
  Answer answer_of(const sip_t* sip, int status) const;
  void send_offer(sip_method_t method, const char* name, const std::string& content_type,
                  const std::string& body);
  void send_bye();
  void end(CallEnd why, std::chrono::nanoseconds latency);
  void close();

  CallKeeper* keeper_;
  CallOptions options_;
  CallHandler* handler_;
  std::string call_id_;
  State state_ = State::Calling;
  nta_leg_t* leg_ = nullptr;
  nta_outgoing_t* invite_ = nullptr;
  nta_outgoing_t* offer_ = nullptr;
  nta_outgoing_t* bye_ = nullptr;
  sip_contact_t* contact_ = nullptr;
  bool bye_wanted_ = false;
  std::string bye_type_;
  std::string bye_body_;
  Clock::time_point sent_;
};

}  // namespace srs::sip
