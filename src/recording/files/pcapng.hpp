// The blocks of capture.pcapng (draft-ietf-opsawg-pcapng; docs/recording-format.md).
#pragma once

#include <srs/rtp/packet.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace srs::recording::pcapng {

inline constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;
inline constexpr std::uint32_t kInterface = 1;
inline constexpr std::uint32_t kEnhancedPacket = 6;
inline constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
inline constexpr std::uint16_t kLinkTypeRaw = 101;  // the packet begins with its IP header
inline constexpr std::uint16_t kOptionEnd = 0;
inline constexpr std::uint16_t kOptionTimeResolution = 9;  // if_tsresol
inline constexpr std::uint16_t kOptionApplication = 4;     // shb_userappl

// What every file begins with: section header and the one interface.
std::vector<std::uint8_t> file_header();

// How many bytes a datagram takes in the file.
std::size_t packet_size(const rtp::Datagram& datagram);

// Writes the datagram as it came to `local_port` into `out`, which has packet_size() bytes.
void write_packet(std::span<std::uint8_t> out, std::uint16_t local_port,
                  const rtp::Datagram& datagram);

}  // namespace srs::recording::pcapng
