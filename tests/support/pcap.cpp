#include "support/pcap.hpp"

#include "support/files.hpp"

#include <optional>
#include <stdexcept>
#include <string_view>

namespace srs::test {
namespace {

std::uint8_t byte(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes.at(at));
}

std::uint16_t big16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte(bytes, at) << 8 | byte(bytes, at + 1));
}

std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(big16(bytes, at)) << 16 | big16(bytes, at + 2);
}

std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(byte(bytes, at + 3)) << 24 |
         static_cast<std::uint32_t>(byte(bytes, at + 2)) << 16 |
         static_cast<std::uint32_t>(byte(bytes, at + 1)) << 8 | byte(bytes, at);
}

// The file header: who wrote the numbers and how.
struct Format {
  bool big_endian = false;
  std::int64_t nanoseconds_per_unit = 1000;
  std::size_t link_header = 0;  // bytes before the IP header

  std::uint32_t number(std::string_view bytes, std::size_t at) const {
    return big_endian ? big32(bytes, at) : little32(bytes, at);
  }
};

std::size_t link_header(std::uint32_t type) {
  switch (type) {
    case 1:
      return 14;  // LINKTYPE_ETHERNET
    case 101:
      return 0;  // LINKTYPE_RAW
    case 113:
      return 16;  // LINKTYPE_LINUX_SLL
    default:
      throw std::runtime_error("pcap link type " + std::to_string(type) + " is not read here");
  }
}

Format read_format(std::string_view file) {
  if (file.size() < 24) throw std::runtime_error("too short for a pcap file");
  Format format;
  format.big_endian = byte(file, 0) == 0xA1;
  const auto magic = format.number(file, 0);
  if (magic != 0xA1B2C3D4 && magic != 0xA1B23C4D) throw std::runtime_error("not a pcap file");
  if (magic == 0xA1B23C4D) format.nanoseconds_per_unit = 1;
  format.link_header = link_header(format.number(file, 20) & 0xFFFF);
  return format;
}

void read_udp(std::string_view ip, PcapPacket& packet) {
  const auto length = big16(ip, 4);
  packet.payload = ip.substr(8, length - 8U);
}

void read_tcp(std::string_view segment, PcapPacket& packet) {
  packet.tcp = true;
  packet.payload = segment.substr(static_cast<std::size_t>(byte(segment, 12) >> 4) * 4);
}

std::optional<PcapPacket> read_ip(std::string_view ip) {
  if (ip.size() < 20 || byte(ip, 0) >> 4 != 4) return std::nullopt;
  if ((big16(ip, 6) & 0x3FFF) != 0) return std::nullopt;  // a fragment
  const auto header = static_cast<std::size_t>(byte(ip, 0) & 0xF) * 4;
  const auto body = ip.substr(0, big16(ip, 2)).substr(header);
  const auto protocol = byte(ip, 9);
  if (protocol != 6 && protocol != 17) return std::nullopt;
  PcapPacket packet;
  packet.source = {big32(ip, 12), big16(body, 0)};
  packet.destination = {big32(ip, 16), big16(body, 2)};
  protocol == 6 ? read_tcp(body, packet) : read_udp(body, packet);
  if (packet.payload.empty()) return std::nullopt;
  return packet;
}

}  // namespace

std::vector<PcapPacket> read_pcap(const std::filesystem::path& path) {
  const auto file = read_file(path);
  const auto format = read_format(file);
  std::vector<PcapPacket> out;
  for (std::size_t at = 24; at + 16 <= file.size();) {
    const auto seconds = format.number(file, at);
    const auto fraction = format.number(file, at + 4);
    const auto captured = format.number(file, at + 8);
    if (captured != format.number(file, at + 12))
      throw std::runtime_error("cut packets in " + path.string());
    const auto frame = std::string_view(file).substr(at + 16, captured);
    at += 16 + captured;
    if (frame.size() < format.link_header) continue;
    auto packet = read_ip(frame.substr(format.link_header));
    if (!packet) continue;
    packet->time = std::chrono::seconds(seconds) +
                   std::chrono::nanoseconds(fraction * format.nanoseconds_per_unit);
    out.push_back(std::move(*packet));
  }
  return out;
}

}  // namespace srs::test
