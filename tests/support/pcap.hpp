// Reads captured traffic: classic pcap files (pcap-savefile(5)), as tcpdump -w writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace srs::test {

struct PcapAddress {
  std::uint32_t host = 0;  // IPv4, host byte order
  std::uint16_t port = 0;
  auto operator<=>(const PcapAddress&) const = default;
};

// One UDP datagram or one TCP segment that carries bytes.
struct PcapPacket {
  std::chrono::nanoseconds time{};  // since the epoch
  bool tcp = false;
  PcapAddress source;
  PcapAddress destination;
  std::string payload;
};

// In file order. Ethernet, Linux cooked (SLL) and raw IP links; IPv4 without fragments; everything
// else in the file is passed over. Throws std::runtime_error where the file is no pcap file, has
// another link type, or was captured with cut packets.
std::vector<PcapPacket> read_pcap(const std::filesystem::path& path);

}  // namespace srs::test
