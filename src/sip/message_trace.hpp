// SIP messages as a whole in the log: all of them at trace level, or those of the calls asked for.
#pragma once

#include "sip/sofia.hpp"

#include <srs/log/logger.hpp>

#include <string>
#include <string_view>
#include <unordered_set>

namespace srs::sip {

// Runs on the io_context. Costs nothing but two comparisons while nobody wants to see anything.
class MessageTrace {
 public:
  explicit MessageTrace(log::Logger log) : log_(std::move(log)) {}

  // `all`, or parts of a Call-ID, a From, a To or a peer's address (`192.0.2.1:5060`), separated by
  // commas, upper and lower case alike. What matches is logged whatever the level. Empty: nothing.
  void set_filter(std::string filter);

  // `peer` may be empty where it is not known.
  void received(msg_t* message, std::string_view peer) { see(message, "received", peer); }
  void sent(msg_t* message, std::string_view peer) { see(message, "sent", peer); }
  bool idle() const { return filter_.empty() && !log_.enabled(log::Level::Trace); }

 private:
  void see(msg_t* message, std::string_view direction, std::string_view peer);
  bool asked_for(const sip_t& sip, std::string_view peer);
  bool matches(std::string_view text) const;

  log::Logger log_;
  std::string filter_;  // in lower case
  // Calls that were found by what only some of their messages say. Bounded.
  std::unordered_set<std::string> calls_;
};

}  // namespace srs::sip
