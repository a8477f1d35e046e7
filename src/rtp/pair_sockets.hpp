// The two sockets of a port pair, and what comes to them while no call has them.
#pragma once

#include "socket.hpp"

#include <cstdint>
#include <string>

namespace srs::rtp {

struct PairSockets {
  Fd rtp, rtcp;             // both, or none where the pair is not bound
  std::uint32_t drops = 0;  // of both, by the kernel, when they were looked at last

  // Of `port` and the odd one behind it. 0, or the errno of what failed: nothing is bound then.
  int bind(const std::string& address, std::uint16_t port);
  // Bytes.
  void set_receive_buffers(int bytes);
  void force_receive_buffers(int bytes);
  // Whoever goes on sending to a pair between two calls shall not fill kernel memory meanwhile.
  void rest();
  // Throws away at most `limit` waiting datagrams of each socket; how many these were, together
  // with those that the kernel dropped since the last look.
  std::uint64_t discard_waiting(std::uint64_t limit);
};

}  // namespace srs::rtp
