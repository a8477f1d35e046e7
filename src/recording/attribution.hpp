// Who speaks on which channel.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/sip/message.hpp>
#include <srs/siprec/metadata.hpp>

#include <cstdint>

namespace srs::recording {

// Fills participants, the streams' participants and the session's ids and extensions from the
// recording metadata (RFC 7865). Streams are found by label (RFC 7866 §7.1.1). `at_ms` from
// started_at is when it came: who speaks on a stream from then on did not speak on it before, where
// somebody else was known to.
void attribute(Document& document, const siprec::Metadata& metadata, std::int64_t at_ms = 0);

// At the end of a session, for SDP and metadata may come in either order: adds a warning for each
// stream that the metadata does not name.
void warn_of_unnamed_streams(Document& document, const siprec::Metadata& metadata);

// Likewise: adds a warning for each stream that carried media and stands in the
// metadata without anybody who sends it (RFC 7865 §6.8).
void warn_of_unknown_speakers(Document& document, const siprec::Metadata& metadata);

// Where no metadata says who takes part (network-based recording): From and To, Cisco's
// x-nearend/x-farend parameters and headers.
void attribute_from_sip(Document& document, const sip::Request& invite);

// Cisco's built-in bridge makes one call for each side: its only stream is that side's. Where it
// left the offer to us the ACK tells how many streams there are.
void attribute_side(Document& document);

// One side of a call, forked by Cisco's built-in bridge: x-nearend or x-farend in From.
bool is_forked_side(const sip::Request& invite);

// What the INVITE says about the SRC; vendor headers go to the extensions.
SessionEntry session_entry(const sip::Request& invite);

}  // namespace srs::recording
