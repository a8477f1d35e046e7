// Everything that goes out as a response passes here.
#pragma once

#include "sip/message_trace.hpp"
#include "sip/metrics.hpp"
#include "sip/reply.hpp"
#include "sip/root.hpp"
#include "sip/sofia.hpp"

#include <srs/log/logger.hpp>

#include <chrono>

namespace srs::sip {

// Sends, counts, times, logs and traces responses. What it is given outlives it.
class Responder {
 public:
  Responder(Root& root, Replier replier, Metrics& metrics, MessageTrace& trace, log::Logger log);

  // A final response to a request that came at `arrived`; returns its status.
  int reply(nta_incoming_t* irq, const Response& response, const ReplyExtras& extras,
            std::chrono::steady_clock::time_point arrived);
  void reply_trying(nta_incoming_t* irq);
  // Called with requests whose response could not be sent, within sofia's callback.
  void set_on_unsent(std::function<void(nta_incoming_t*)> on_unsent) {
    on_unsent_ = std::move(on_unsent);
  }

 private:
  void note_unsent(nta_incoming_t* irq, int status);
  void hide(nta_incoming_t* irq) const;
  void log_response(nta_incoming_t* irq, const Response& response, bool told) const;
  void trace_response(nta_incoming_t* irq);

  Root& root_;
  Replier replier_;
  Metrics& metrics_;
  MessageTrace& trace_;
  log::Logger log_;
  log::Folded unsent_{log_, log::Level::Warning, "sip_response_not_sent"};
  std::function<void(nta_incoming_t*)> on_unsent_;
};

}  // namespace srs::sip
