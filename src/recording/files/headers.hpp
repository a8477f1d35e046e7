// IP and UDP headers of captured datagrams, made and read.
#pragma once

#include <srs/rtp/packet.hpp>
#include <srs/util/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace srs::recording {

// Bytes of IP and UDP header together.
std::size_t header_size(bool v6);

// Writes headers and payload into `out`, which has header_size() + payload bytes. The destination
// address is unspecified: a socket doesn't tell which of the host's addresses was meant.
void write_datagram(std::span<std::uint8_t> out, std::uint16_t local_port,
                    const rtp::Datagram& datagram);

struct UdpPacket {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  Bytes payload;
};

// Nothing where the bytes are no whole UDP datagram over IPv4 or IPv6 (fragments are none).
std::optional<UdpPacket> read_datagram(Bytes packet);

}  // namespace srs::recording
