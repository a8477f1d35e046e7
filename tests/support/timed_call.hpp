// One call from the SRC's side as a score: which SIP message and which datagram goes out when.
#pragma once

#include "support/pcap.hpp"
#include "support/sip_text.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace srs::test {

struct TimedMessage {
  std::chrono::nanoseconds at{};  // from the INVITE
  SipText message;
};

struct TimedDatagram {
  std::chrono::nanoseconds at{};
  PcapAddress source;      // whence the SRC sent it
  std::size_t stream = 0;  // index of the m-line it belongs to
  bool rtcp = false;
  std::string payload;
};

struct TimedCall {
  bool tcp = false;
  std::string srs = "127.0.0.1:5590";   // how the messages name the server
  std::string src = "127.0.0.20:5060";  // and themselves
  std::chrono::nanoseconds answered{};  // when the first 200 was there
  std::vector<TimedMessage> messages;   // requests of the SRC in order, ACKs included
  std::vector<TimedDatagram> datagrams;

  std::string call_id() const { return std::string(messages.front().message.header("Call-ID")); }
  // RTP payload types and so on of the packets of one stream, without RTCP.
  std::vector<const TimedDatagram*> rtp(std::size_t stream) const;
};

// The fields of an RTP packet that tests look at (RFC 3550 §5.1).
struct RtpFields {
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::string_view payload;
};
RtpFields rtp_fields(std::string_view packet);

// A captured call: <directory>/sip/*-rx-*.sip and the times and the media of
// <directory>/siprec.pcap. Throws where a message of the files is not in the capture.
TimedCall read_captured_call(const std::filesystem::path& directory);

}  // namespace srs::test
