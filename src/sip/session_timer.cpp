#include "sip/session_timer.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <string_view>

namespace srs::sip {

std::optional<TimerOffer> timer_offer(const sip_t& sip) {
  const auto* expires = sip.sip_session_expires;
  if (expires == nullptr) return std::nullopt;
  TimerOffer offer;
  offer.interval = std::chrono::seconds(std::min<unsigned long>(expires->x_delta, 7 * 24 * 3600));
  const std::string_view refresher = expires->x_refresher != nullptr ? expires->x_refresher : "";
  if (iequals(refresher, "uac")) offer.refresher = TimerOffer::Refresher::Uac;
  if (iequals(refresher, "uas")) offer.refresher = TimerOffer::Refresher::Uas;
  offer.timer_supported = sip_has_feature(sip.sip_supported, "timer") != 0 ||
                          sip_has_feature(sip.sip_require, "timer") != 0;
  offer.update_allowed =
      sip.sip_allow != nullptr && sip_is_allowed(sip.sip_allow, SIP_METHOD_UPDATE);
  return offer;
}

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
