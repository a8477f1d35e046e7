// From a SIP request to the offer and the metadata it carries, or to the refusal it deserves.
#pragma once

#include <srs/recording/options.hpp>
#include <srs/sdp/session.hpp>
#include <srs/sip/message.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace srs::recording {

// Why an INVITE was refused; label values of sip_sessions_refused_total.
enum class Refusal {
  Sip,          // sip: the stack has refused it
  NotSiprec,    // not_siprec
  Body,         // body: multipart that can't be split
  UnknownBody,  // unknown_body: neither SDP nor metadata
  Sdp,          // sdp: an offer that can't be read
  NoAudio,      // no_audio
  Ports,        // ports
  Disk,         // disk
  Draining,     // draining
  Busy,         // busy
};
std::string_view to_string(Refusal refusal);

struct Refused {
  Refusal reason;
  sip::Response response;
};

// The response for a refusal; `detail` becomes its Warning.
Refused refuse(Refusal reason, std::string detail);

// What a request of a recording session carries.
struct Carried {
  std::optional<sdp::Session> offer;    // nothing: an INVITE without offer, or metadata alone
  std::optional<std::string> metadata;  // raw, as received
  std::string metadata_charset;
  std::vector<std::string> warnings;
};

// Reads a request's body (RFC 7866 §9.1). A body without SDP is legal: metadata alone, or none.
std::variant<Carried, Refused> read_body(const sip::Request& request);

// RFC 7866 §6.2, as strictly as `accept` says.
bool is_recording_session(const sip::Request& request, const Carried& carried, Accept accept);

}  // namespace srs::recording
