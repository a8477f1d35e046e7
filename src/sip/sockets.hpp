// The sockets of our listeners and connections, which sofia keeps to itself.
#pragma once

#include "sip/agent.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace srs::sip {

// Their descriptors in the listeners' order, found among the process's by what they are bound to;
// -1 where one is not found. Costs a system call for each descriptor.
std::vector<int> sockets_of(const std::vector<const Listener*>& listeners);

// One of the listeners' connections.
struct Connected {
  int descriptor = -1;
  std::string peer;  // `192.0.2.1:5060`, `[2001:db8::1]:5060`
  std::string host;  // of it
};
// All of them, found among the process's descriptors. Costs a system call for each descriptor.
std::vector<Connected> connections_of(const std::vector<Listener>& listeners);
// Ends it in both directions, which wakes sofia to close it.
void shut_down(const Connected& connection);

// The other end of a connection, as above.
std::string peer_of(const tport_t* connection);

// What the kernel keeps for us at TCP and TLS listeners, for connections that come from now on:
//
// Less than it would of what we have not read: sofia reads all that waits at once, and what a busy
// server finds waiting must fit beside a message that is half there.
//
// More connections that wait to be accepted, as many as the system allows, where sofia asks for 64:
// beyond, the kernel drops the SYN, and an SBC that comes back with all its connections at once
// would lose a second or more.
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
