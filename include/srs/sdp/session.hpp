// An SDP offer or answer as values (RFC 8866, RFC 3264).
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::sdp {

struct Limits {
  std::size_t bytes = 65536;
  std::size_t lines = 4096;
  std::size_t media = 256;       // more than recording.max_streams takes: the rest is refused
  std::size_t formats = 64;      // payload types on one m-line; the others are not read
  std::size_t attributes = 256;  // on one level; likewise
};

enum class Direction { SendRecv, SendOnly, RecvOnly, Inactive };
std::string_view to_string(Direction direction);

// One payload type of an m-line, with what rtpmap or RFC 3551 §6 says of it.
struct Format {
  std::uint8_t payload_type = 0;  // 0-127
  std::string encoding;           // as offered (`PCMU`, `opus`); empty: dynamic and without rtpmap
  std::uint32_t clock_rate = 0;   // Hz
  std::uint8_t channels = 1;
  std::string fmtp;  // parameters as offered, may be empty
};

// a=crypto (RFC 4568 §4), as offered.
struct Crypto {
  std::uint32_t tag = 0;
  std::string suite;       // AES_CM_128_HMAC_SHA1_80
  std::string key_params;  // `inline:...`, with everything after it
};

// a=ssrc:N cname:... (RFC 5576)
struct Source {
  std::uint32_t ssrc = 0;
  std::string cname;
};

struct Media {
  std::string type;  // `audio`
  std::uint16_t port = 0;
  std::string protocol;                  // `RTP/AVP`
  std::vector<std::string> raw_formats;  // the fmt list verbatim, echoed where the line is refused
  std::vector<Format> formats;           // those of raw_formats that are RTP payload types
  std::string connection;                // address of the line's or the session's c=, empty: none
  Direction direction = Direction::SendRecv;
  std::string label;  // RFC 4574, verbatim; empty: none
  std::string mid;
  std::uint32_t ptime = 0;  // ms, 0: not said
  bool rtcp_mux = false;
  std::uint16_t rtcp_port = 0;  // a=rtcp (RFC 3605); 0: not said
  std::vector<Crypto> crypto;
  std::vector<Source> sources;

  bool is_audio() const;
  // RTP/AVP, RTP/AVPF, RTP/SAVP, RTP/SAVPF and their UDP/TLS forms.
  bool is_rtp() const;
  bool is_secure() const;
  // c=0.0.0.0, the old way to say hold (RFC 3264 §8.4). `direction` stays as it was said: such an
  // SRC may go on sending, and a recvonly answer loses nothing.
  bool held_by_address() const;
};

struct Session {
  std::string origin;  // the o= line's value
  std::string name;    // the s= line's value
  std::vector<Media> media;
  std::vector<std::string> warnings;  // what was odd and read all the same
};

// Reads an offer (or an answer to ours). Every string of the result is UTF-8 without control
// characters, so it can be echoed and logged. Tolerant where an SRC's meaning is clear: bare LF,
// missing v=, t=, s= or c=, b= after a=, unknown attributes and lines, an m-line beside the audio
// that can't be split (it has port 0). An error names the line and what to change: another version,
// an audio line that can't be split, no m-line at all, a limit passed.
Result<Session> parse(std::string_view text, const Limits& limits = {});

}  // namespace srs::sdp
