#include "recording/negotiation.hpp"

#include <srs/codec/decoder.hpp>
#include <srs/sdp/answer.hpp>
#include <srs/util/text.hpp>

#include <arpa/inet.h>

#include <algorithm>

namespace srs::recording {
namespace {

std::string refusal_of(const sdp::Media& media, std::size_t taken, std::size_t max_streams) {
  if (media.is_audio() && media.is_secure())
    return media.protocol + " is not supported yet: offer RTP/AVP";
  if (auto refusal = sdp::refusal(media); !refusal.empty()) return refusal;
  if (taken >= max_streams) {
    return "more than " + std::to_string(max_streams) + " audio streams (recording.max_streams)";
  }
  return {};
}

std::optional<rtp::Endpoint> endpoint(const std::string& host, std::uint16_t port) {
  rtp::Endpoint result;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    if (v4->sin_addr.s_addr == INADDR_ANY) return std::nullopt;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return result;
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return result;
  }
  return std::nullopt;  // a name: we resolve none on the signalling path
}

}  // namespace

std::vector<LinePlan> plan_lines(const sdp::Session& offer, std::size_t max_streams) {
  std::vector<LinePlan> plan(offer.media.size());
  std::size_t taken = 0;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (offer.media[i].port == 0) continue;  // RFC 3264 §5.1: not in use
    plan[i].refusal = refusal_of(offer.media[i], taken, max_streams);
    plan[i].take = plan[i].refusal.empty();
    taken += plan[i].take ? 1 : 0;
  }
  return plan;
}

bool takes_any(const std::vector<LinePlan>& plan) {
  return std::any_of(plan.begin(), plan.end(), [](const LinePlan& line) { return line.take; });
}

bool refuses_any(const std::vector<LinePlan>& plan) {
  return std::any_of(plan.begin(), plan.end(),
                     [](const LinePlan& line) { return !line.refusal.empty(); });
}

sdp::Session by_our_preference(sdp::Session offer) {
  for (auto& media : offer.media) {
    const auto format_of = [&media](const std::string& type) {
      return std::find_if(media.formats.begin(), media.formats.end(), [&](const sdp::Format& each) {
        return std::to_string(each.payload_type) == type;
      });
    };
    const auto is_heard = [&](const std::string& type) {
      const auto format = format_of(type);
      return format != media.formats.end() &&
             codec::make_decoder(format->encoding, format->clock_rate, format->channels) != nullptr;
    };
    const auto is_sound = [&](const std::string& type) {
      const auto format = format_of(type);
      return format != media.formats.end() && !iequals(format->encoding, "telephone-event") &&
             !iequals(format->encoding, "CN");
    };
    auto& order = media.raw_formats;
    const auto first = std::find_if(order.begin(), order.end(), is_sound);
    if (first != order.end() && !is_heard(*first))
      std::stable_partition(order.begin(), order.end(), is_heard);
  }
  return offer;
}

std::string refusals(const std::vector<LinePlan>& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].take) continue;
    if (!text.empty()) text += "; ";
    text += "m-line " + std::to_string(i + 1) + ": " +
            (plan[i].refusal.empty() ? "port 0" : plan[i].refusal);
    if (text.size() > 512) break;
  }
  return text;
}

rtp::StreamProfile stream_profile(const sdp::Media& media) {
  rtp::StreamProfile profile;
  for (const auto& format : media.formats) {
    profile.payloads.push_back(
        {format.payload_type, format.clock_rate == 0 ? 8000 : format.clock_rate});
  }
  profile.rtcp_mux = media.rtcp_mux;
  // RFC 3605; without it RTCP lives one port above RTP (RFC 3550 §11).
  const auto port = media.rtcp_port != 0 ? media.rtcp_port
                    : media.rtcp_mux     ? media.port
                                         : static_cast<std::uint16_t>(media.port + 1);
  if (port != 0) profile.rtcp_destination = endpoint(media.connection, port);
  return profile;
}

std::string media_peer(const sdp::Session& offer, const std::string& source) {
  if (!source.starts_with('[')) return source;  // our media sockets may not have IPv6
  for (const auto& media : offer.media) {
    const auto peer = media.port != 0 ? endpoint(media.connection, media.port) : std::nullopt;
    if (!peer) continue;
    return peer->storage.ss_family == AF_INET ? peer->to_string() : source;
  }
  return source;
}

std::vector<PayloadEntry> payload_entries(const sdp::Media& media) {
  std::vector<PayloadEntry> entries;
  for (const auto& format : media.formats) {
    entries.push_back(
        {format.payload_type, format.encoding, format.clock_rate, format.channels, format.fmtp});
  }
  return entries;
}

bool on_hold(const sdp::Media& media) {
  return media.direction == sdp::Direction::Inactive ||
         media.direction == sdp::Direction::RecvOnly || media.held_by_address();
}

}  // namespace srs::recording
