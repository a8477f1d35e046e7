#include <srs/sdp/session.hpp>
#include <srs/util/text.hpp>

namespace srs::sdp {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::SendRecv:
      return "sendrecv";
    case Direction::SendOnly:
      return "sendonly";
    case Direction::RecvOnly:
      return "recvonly";
    case Direction::Inactive:
      return "inactive";
  }
  return "sendrecv";
}

bool Media::is_audio() const {
  return iequals(type, "audio");
}

bool Media::is_rtp() const {
  for (const auto* name : {"RTP/AVP", "RTP/AVPF", "UDP/TLS/RTP/AVP", "UDP/TLS/RTP/AVPF"}) {
    if (iequals(protocol, name)) return true;
  }
  return is_secure();
}

bool Media::is_secure() const {
  for (const auto* name : {"RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"}) {
    if (iequals(protocol, name)) return true;
  }
  return false;
}

// RFC 3264 §8.4: the hold of RFC 2543; "::" is what it became in IPv6.
bool Media::held_by_address() const {
  return connection == "0.0.0.0" || connection == "::";
}

}  // namespace srs::sdp
