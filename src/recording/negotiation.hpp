// Which m-lines of an offer we take, and what we say of the others.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/rtp/stream.hpp>
#include <srs/sdp/session.hpp>

#include <optional>
#include <string>
#include <vector>

namespace srs::recording {

// One m-line of an offer, judged.
struct LinePlan {
  bool take = false;
  std::string refusal;  // why not, for the SRC's engineer; empty where taken or offered with port 0
};

// Takes every audio line over plain RTP, whatever its codecs, up to `max_streams` (RFC 7866 §8.3).
// Refused: other media, SAVP (its keys can't be used yet), other transports, lines past the
// maximum.
std::vector<LinePlan> plan_lines(const sdp::Session& offer, std::size_t max_streams);

bool takes_any(const std::vector<LinePlan>& plan);
// Whether it has a line in use that we can't take.
bool refuses_any(const std::vector<LinePlan>& plan);
// Why none of its lines is taken, of all of them.
std::string refusals(const std::vector<LinePlan>& plan);

// The offer with what we can decode first in each line that begins with something else (RFC 3264
// §6.1: the answerer's order is its preference): most SRCs send the first.
sdp::Session by_our_preference(sdp::Session offer);

// What the receiving stream should know of its m-line.
rtp::StreamProfile stream_profile(const sdp::Media& media);

// Whom our media address is for, as `source`, the address that the offer came from: itself, but for
// an SRC that signals over IPv6 and has its media on IPv4, which is asked for on IPv4 too.
std::string media_peer(const sdp::Session& offer, const std::string& source);

// The payload types as metadata.json lists them.
std::vector<PayloadEntry> payload_entries(const sdp::Media& media);

// Nothing is sent on this line now (RFC 3264 §8.4): inactive, recvonly, or the old c=0.0.0.0.
bool on_hold(const sdp::Media& media);

}  // namespace srs::recording
