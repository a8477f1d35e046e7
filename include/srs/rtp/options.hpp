// The RTP floor's settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::rtp {

struct Options {
  std::string bind_address = "0.0.0.0";  // `::` takes both families
  std::uint16_t port_min = 10000;        // first port, rounded up to an even one
  std::uint16_t port_max = 20000;        // last port; pairs are (even, odd)
  std::string engine = "sweep";
  std::chrono::milliseconds sweep_interval{100};
  std::chrono::milliseconds quarantine{5000};  // a freed pair rests this long
  std::size_t idle_pairs = 1024;               // freed pairs kept bound for the next calls
  int receive_buffer = 0;                      // bytes of SO_RCVBUF; 0: the kernel's default
  std::vector<std::string>
      allowed_sources;  // networks (`192.0.2.0/24`) whose media is taken; empty: all
  std::chrono::milliseconds rtcp_interval{5000};  // receiver reports; 0: none
};

}  // namespace srs::rtp
