// What a recorder in a test got to see of one call.
#pragma once

#include "support/sip_text.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::test {

struct SeenPacket {
  std::chrono::steady_clock::time_point at;
  std::uint8_t version = 0;
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::string payload;
};

// The fixed header of RFC 3550 §5.1; what is shorter has version 0.
SeenPacket read_packet(std::string_view datagram);

struct SeenStream {
  std::vector<SeenPacket> packets;
  std::vector<std::uint8_t> rtcp_types;  // of every packet in every compound
};

struct SeenRequest {
  std::chrono::steady_clock::time_point at;
  SipText message;
};

struct SeenCall {
  std::string call_id;
  std::vector<SeenRequest> requests;  // without retransmissions
  std::vector<SeenStream> streams;    // one per m-line
  bool over = false;                  // BYE came, or CANCEL

  // Those of that method, in order.
  std::vector<SipText> of(std::string_view method) const;
};

}  // namespace srs::test
