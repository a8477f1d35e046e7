// The SDP and the bodies of our requests (RFC 7866 §7.1, §9.1).
#pragma once

#include "app/siprec_call/options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace srs::call {

inline constexpr std::uint8_t kEventPayloadType = 101;

struct OfferedStream {
  std::uint16_t port = 0;
  std::string label;
};

struct Offer {
  std::string address;
  std::uint64_t session_id = 0;
  std::uint64_t version = 1;  // one more with every changed offer (RFC 3264 §8)
  std::vector<OfferedStream> streams;
  Codec codec = Codec::Pcmu;
  bool held = false;  // inactive instead of sendonly
};

std::uint8_t payload_type(Codec codec);
std::string_view encoding(Codec codec);  // `PCMU`

std::string write_sdp(const Offer& offer);

struct Body {
  std::string content_type;
  std::string text;
};

// multipart/mixed with the offer first. Either may be empty, not both.
Body recording_body(const std::string& sdp, const std::string& metadata);

}  // namespace srs::call
