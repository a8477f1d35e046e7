// Session timers (RFC 4028): who refreshes, and when a session has expired.
#pragma once

#include "sip/sofia.hpp"

#include <chrono>
#include <optional>

namespace srs::sip {

// What a request says about the session timer.
struct TimerOffer {
  enum class Refresher { Unsaid, Uac, Uas };
  std::chrono::seconds interval{};  // Session-Expires
  Refresher refresher = Refresher::Unsaid;
  bool timer_supported = false;  // `timer` in Supported or Require
  bool update_allowed = false;   // UPDATE in Allow, so that we could refresh
};

// What we answer. No interval: no session timer runs, and Session-Expires is left out.
struct TimerAnswer {
  bool too_small = false;  // 422 with Min-SE
  std::optional<std::chrono::seconds> interval;
  bool we_refresh = false;
};

// Nothing where it names no Session-Expires.
std::optional<TimerOffer> timer_offer(const sip_t& request);
TimerAnswer negotiate(const std::optional<TimerOffer>& offer, std::chrono::seconds minimum);

// How long after a refresh the side that does not refresh gives up: "slightly before the session
// expiration", at the latest min(32 s, a third of the interval) before it (RFC 4028 §10).
std::chrono::milliseconds gives_up_after(std::chrono::seconds interval);
// How long after a refresh the refreshing side sends the next (RFC 4028 §10: half the interval).
std::chrono::milliseconds refreshes_after(std::chrono::seconds interval);

}  // namespace srs::sip
