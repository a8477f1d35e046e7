// What the SRS says: answers to offers, and its own offer for an INVITE without one.
#pragma once

#include <srs/sdp/session.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::sdp {

// Our side of one m-line of the offer.
struct AnswerMedia {
  std::uint16_t port = 0;        // 0 refuses the line (RFC 3264 §6)
  bool paused = false;           // inactive although the offer would send
  std::uint32_t crypto_tag = 0;  // SDES: the offered line that we take, 0: none
  std::string crypto_key = {};   // our own `inline:...` for it
  std::string crypto_suite = {};
};

struct AnswerOptions {
  std::string address = {};     // where media is received: our c= address, IPv4 or IPv6
  std::string session_id = {};  // o=: digits
  std::uint64_t version = 1;    // o=: counts up with every changed answer
  std::string session_name = "siprec-server";
};

// Why this line of an offer can never be taken, as a clause for a log or a Warning header; empty
// where it can: not audio, not RTP, port 0, no payload type, or SRTP without SDES keys (RFC 4568).
std::string refusal(const Media& offered);

// The direction that answers `offered` when we only listen (RFC 7866 §7.2, RFC 3264 §6.1):
// recvonly, or inactive where the offer does not send or we pause.
Direction answer_direction(Direction offered, bool paused);

// The answer to `offer`, one m-line for each of its own in the same order (RFC 7866 §8.3). A taken
// line lists every offered payload type with its rtpmap and fmtp, telephone-event included, echoes
// label, mid, ptime and rtcp-mux, and says the direction. `media` has an entry for each m-line of
// the offer; missing ones, those with a refusal() and SRTP lines without a `crypto_tag` get port 0.
// Lines end with CRLF; no control character of the offer gets into them.
std::string write_answer(const Session& offer, const std::vector<AnswerMedia>& media,
                         const AnswerOptions& options);

// Audio lines as a peer would offer them to whom we leave the choice: PCMU, PCMA, telephone-event,
// labels "1", "2", ... For an INVITE that has no offer (RFC 3264 §5).
Session own_lines(std::size_t count);

// Our offer of the lines that the other side described last, in its offer or its answer: all of
// them in their order, with their payload types and labels, recvonly. One whose port of ours is 0
// stays closed (RFC 3264 §8).
std::string write_offer(const Session& lines, const std::vector<AnswerMedia>& media,
                        const AnswerOptions& options);

}  // namespace srs::sdp
