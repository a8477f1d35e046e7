// The sockets of our listeners, which sofia keeps to itself.
#pragma once

#include "sip/agent.hpp"

#include <vector>

namespace srs::sip {

// Their descriptors in the listeners' order, found among the process's by what they are bound to;
// -1 where one is not found. Costs a system call for each descriptor.
std::vector<int> sockets_of(const std::vector<const Listener*>& listeners);

// Bounds what the kernel keeps of a connection that we have not read, for those that are accepted
// from now on: sofia reads all that waits at once, and what a busy server finds waiting must fit
// beside a message that is half there.
class StreamBuffers {
 public:
  // Bytes of SO_RCVBUF; the kernel keeps at most twice as many.
  static constexpr int size = 128 << 10;

  // Looks for the sockets of TCP and TLS listeners that came since the last look.
  void bound(const std::vector<Listener>& listeners);

 private:
  std::vector<const tport_t*> known_;
};

}  // namespace srs::sip
