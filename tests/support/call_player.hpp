// Plays the SRC's side of a call to a real server, in real time.
#pragma once

#include "support/socket.hpp"
#include "support/src_wire.hpp"
#include "support/timed_call.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace srs::test {

// What the server did.
struct Played {
  std::vector<SipText> answers;            // final ones, in the order of our requests
  std::vector<SipText> requests;           // what the server asked of us, answered with 405
  std::vector<std::size_t> rtp_sent;       // per m-line
  std::vector<std::size_t> rtcp_received;  // per m-line
  bool over = false;                       // the BYE was answered

  // The final answer to the request with that CSeq number; nullptr: none came.
  const SipText* answer(std::uint32_t cseq) const;
};

// Messages are sent as they stand but for what SrcWire puts right. Media goes
// to the ports that the first answer names, each captured source from a socket of its own (on the
// captured port where that is free), at the captured time after that answer; ACKs when their
// answers come. Runs in the calling thread until the BYE is answered.
class CallPlayer {
 public:
  CallPlayer(const TimedCall& call, std::uint16_t server_port);
  Played play();

 private:
  using Clock = std::chrono::steady_clock;

  void pump(Clock::time_point until);  // handles what comes until then
  void take(const SipText& message);
  bool pump_until_answered(std::uint32_t cseq);
  void acknowledge(std::uint32_t cseq);
  void send_media(const TimedDatagram& datagram);
  void count_rtcp();

  const TimedCall& call_;
  SrcWire wire_;
  std::map<PcapAddress, std::pair<Socket, std::size_t>> media_;  // with the m-line's index
  Played played_;
};

}  // namespace srs::test
