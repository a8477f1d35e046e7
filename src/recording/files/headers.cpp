#include "recording/files/headers.hpp"

#include <algorithm>
#include <cstring>

namespace srs::recording {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kUdpHeader = 8;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kHops = 64;

// The Internet checksum's running sum (RFC 1071 §4.1).
std::uint64_t add_words(std::uint64_t sum, Bytes bytes) {
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) sum += read_u16(bytes, at);
  return at < bytes.size() ? sum + static_cast<std::uint64_t>(bytes[at] << 8) : sum;
}

std::uint16_t checksum(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// RFC 791 §3.1. Never fragmented, so no identification (RFC 6864 §4.1).
void write_ipv4(std::span<std::uint8_t> out, const rtp::Endpoint& source) {
  std::memset(out.data(), 0, kIpv4Header);
  out[0] = 0x45;
  write_u16(out, 2, static_cast<std::uint16_t>(out.size()));
  out[6] = 0x40;
  out[8] = kHops;
  out[9] = kUdp;
  sockaddr_in address{};
  std::memcpy(&address, &source.storage, sizeof address);
  std::memcpy(out.data() + 12, &address.sin_addr, 4);
  write_u16(out, 10, checksum(add_words(0, out.first(kIpv4Header))));
}

// RFC 8200 §3.
void write_ipv6(std::span<std::uint8_t> out, const rtp::Endpoint& source) {
  std::memset(out.data(), 0, kIpv6Header);
  out[0] = 0x60;
  write_u16(out, 4, static_cast<std::uint16_t>(out.size() - kIpv6Header));
  out[6] = kUdp;
  out[7] = kHops;
  sockaddr_in6 address{};
  std::memcpy(&address, &source.storage, sizeof address);
  std::memcpy(out.data() + 8, &address.sin6_addr, 16);
}

// Over the pseudo header of RFC 8200 §8.1; there a zero means "none" and is sent as its twin.
std::uint16_t udp6_checksum(Bytes packet) {
  const Bytes udp = packet.subspan(kIpv6Header);
  const auto sum = checksum(add_words(add_words(udp.size() + kUdp, packet.subspan(8, 32)), udp));
  return sum == 0 ? std::uint16_t{0xFFFF} : sum;
}

// Where the UDP header begins and the IP packet ends; nothing where it is no UDP.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<Range> ipv4_payload(Bytes packet) {
  if (packet.size() < kIpv4Header) return std::nullopt;
  const std::size_t header = std::size_t{4} * (packet[0] & 0x0F);
  const std::size_t end = std::min<std::size_t>(read_u16(packet, 2), packet.size());
  const bool fragment = (read_u16(packet, 6) & 0x3FFF) != 0;
  if (header < kIpv4Header || end < header || packet[9] != kUdp || fragment) return std::nullopt;
  return Range{header, end};
}

std::optional<Range> ipv6_payload(Bytes packet) {
  if (packet.size() < kIpv6Header || packet[6] != kUdp) return std::nullopt;
  return Range{kIpv6Header, std::min(kIpv6Header + read_u16(packet, 4), packet.size())};
}

std::optional<Range> ip_payload(Bytes packet) {
  if (packet.empty()) return std::nullopt;
  if (packet[0] >> 4 == 4) return ipv4_payload(packet);
  if (packet[0] >> 4 == 6) return ipv6_payload(packet);
  return std::nullopt;
}

}  // namespace

std::size_t header_size(bool v6) {
  return (v6 ? kIpv6Header : kIpv4Header) + kUdpHeader;
}

void write_datagram(std::span<std::uint8_t> out, std::uint16_t local_port,
                    const rtp::Datagram& datagram) {
  const bool v6 = datagram.source.is_v6();
  const auto udp = out.subspan(header_size(v6) - kUdpHeader);
  write_u16(udp, 0, datagram.source.port());
  write_u16(udp, 2, local_port);
  write_u16(udp, 4, static_cast<std::uint16_t>(udp.size()));
  write_u16(udp, 6, 0);
  if (!datagram.bytes.empty()) {
    std::memcpy(udp.data() + kUdpHeader, datagram.bytes.data(), datagram.bytes.size());
  }
  if (!v6) return write_ipv4(out, datagram.source);
  write_ipv6(out, datagram.source);
  write_u16(udp, 6, udp6_checksum(out));
}

std::optional<UdpPacket> read_datagram(Bytes packet) {
  const auto range = ip_payload(packet);
  if (!range || range->end < range->begin + kUdpHeader) return std::nullopt;
  const Bytes udp = packet.subspan(range->begin, range->end - range->begin);
  const std::size_t length = read_u16(udp, 4);
  if (length < kUdpHeader || length > udp.size()) return std::nullopt;
  return UdpPacket{read_u16(udp, 0), read_u16(udp, 2),
                   udp.subspan(kUdpHeader, length - kUdpHeader)};
}

}  // namespace srs::recording
