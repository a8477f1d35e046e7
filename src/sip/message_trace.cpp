#include "sip/message_trace.hpp"

#include "sip/convert.hpp"

#include <srs/tracing/context.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <utility>

namespace srs::sip {
namespace {

constexpr std::size_t kMaxCalls = 1000;

template <class Header>
std::string text_of(const Header* header) {
  return header == nullptr ? std::string{} : to_text(reinterpret_cast<const sip_header_t*>(header));
}

// What the message itself says of its trace (W3C Trace Context §3.2); empty where it does not.
std::string trace_id_of(const sip_t& sip) {
  for (const auto* header = sip.sip_unknown; header != nullptr; header = header->un_next) {
    if (!iequals(header->un_name, "traceparent") || header->un_value == nullptr) continue;
    const auto context = tracing::parse_traceparent(header->un_value);
    return context ? context->trace_id_hex() : "";
  }
  return {};
}

}  // namespace

void MessageTrace::set_filter(std::string filter) {
  filter_ = to_lower(trim(filter));
  calls_.clear();
}

bool MessageTrace::matches(std::string_view text) const {
  const auto lower = to_lower(text);
  const auto parts = split(filter_, ',');
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return !part.empty() && lower.find(part) != std::string::npos;
  });
}

bool MessageTrace::asked_for(const sip_t& sip, std::string_view peer) {
  if (filter_.empty()) return false;
  if (filter_ == "all") return true;
  const std::string call_id = sip.sip_call_id != nullptr ? sip.sip_call_id->i_id : "";
  if (calls_.contains(call_id)) return true;
  if (!matches(call_id) && !matches(text_of(sip.sip_from)) && !matches(text_of(sip.sip_to)) &&
      !matches(peer)) {
    return false;
  }
  if (calls_.size() < kMaxCalls) calls_.insert(call_id);
  return true;
}

void MessageTrace::see(msg_t* message, std::string_view direction, std::string_view peer) {
  if (message == nullptr || idle()) return;
  const sip_t* sip = sip_object(message);
  if (sip == nullptr) return;
  const bool asked = asked_for(*sip, peer);
  if (!asked && !log_.enabled(log::Level::Trace)) return;
  const std::string_view call_id = sip->sip_call_id != nullptr ? sip->sip_call_id->i_id : "";
  const auto trace = trace_id_of(*sip);
  const auto log = trace.empty() ? log_ : log_.with("trace.id", trace);
  log.asked_for("sip_message", {{"direction", direction},
                                {"peer", peer},
                                {"call_id", call_id},
                                {"message", to_text(message)}});
}

}  // namespace srs::sip
