// What the kernel knows of our UDP listeners: the datagrams that it dropped before anybody saw
// them, and when the last one that was read had come.
#pragma once

#include "sip/agent.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::sip {

// The sockets live as long as the agent. Runs on the io_context.
class UdpSockets {
 public:
  // Looks for the sockets of UDP listeners that came since the last look.
  void find(const std::vector<Listener>& listeners);
  // Since the listeners were made: receive buffer full, or no memory (SO_MEMINFO).
  std::uint64_t drops() const;
  // How long ago the kernel took the datagram in that was read last from this listener. sofia reads
  // one and tells us of it before it reads the next, so within its callback that is the request's.
  // Zero for connections, and where the kernel does not know.
  std::chrono::nanoseconds waited(const tport_t* transport) const;

 private:
  struct Socket {
    const tport_t* transport;
    int descriptor;
  };
  bool knows(const Listener& listener) const;

  std::vector<Socket> sockets_;
};

}  // namespace srs::sip
