#include "sip/session_timer.hpp"

#include <algorithm>

namespace srs::sip {

TimerAnswer negotiate(const std::optional<TimerOffer>& offer, std::chrono::seconds minimum) {
  TimerAnswer answer;
  // Without `timer` in Supported the interval is a proxy's wish, and the refresher would be us
  // (RFC 4028 §9, table 2): few SRCs answer requests from an SRS, so we leave the timer out.
  if (!offer || !offer->timer_supported) return answer;
  if (offer->interval < minimum) {
    answer.too_small = true;  // RFC 4028 §9: 422 is for those that support the timer
    return answer;
  }
  const bool asks_us = offer->refresher == TimerOffer::Refresher::Uas;
  if (asks_us && !offer->update_allowed) return answer;  // we refresh by UPDATE or not at all
  answer.interval = offer->interval;
  answer.we_refresh = asks_us;
  return answer;
}

std::chrono::milliseconds gives_up_after(std::chrono::seconds interval) {
  const std::chrono::milliseconds whole = interval;
  return whole - std::min<std::chrono::milliseconds>(std::chrono::seconds(32), whole / 3);
}

std::chrono::milliseconds refreshes_after(std::chrono::seconds interval) {
  return std::chrono::milliseconds(interval) / 2;
}

}  // namespace srs::sip
