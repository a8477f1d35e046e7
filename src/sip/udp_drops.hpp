// Datagrams that the kernel dropped at our SIP listeners before anybody saw them.
#pragma once

#include "sip/agent.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace srs::sip {

// The sockets live as long as the agent. Runs on the io_context.
class UdpDrops {
 public:
  // Looks for the sockets of UDP listeners that came since the last look.
  void find(const std::vector<Listener>& listeners);
  // Since the listeners were made: receive buffer full, or no memory (SO_MEMINFO).
  std::uint64_t count() const;

 private:
  struct Socket {
    const tport_t* transport;
    int descriptor;
  };
  bool knows(const Listener& listener) const;

  std::vector<Socket> sockets_;
};

}  // namespace srs::sip
