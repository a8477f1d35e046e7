#include "app/siprec_call/seen.hpp"

namespace srs::test {
namespace {

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

}  // namespace

SeenPacket read_packet(std::string_view datagram) {
  SeenPacket packet;
  packet.at = std::chrono::steady_clock::now();
  if (datagram.size() < 12) return packet;
  packet.version = static_cast<std::uint8_t>(number(datagram, 0, 1) >> 6);
  packet.marker = (number(datagram, 1, 1) & 0x80) != 0;
  packet.payload_type = static_cast<std::uint8_t>(number(datagram, 1, 1) & 0x7F);
  packet.sequence = static_cast<std::uint16_t>(number(datagram, 2, 2));
  packet.timestamp = number(datagram, 4, 4);
  packet.ssrc = number(datagram, 8, 4);
  packet.payload = datagram.substr(12);
  return packet;
}

std::vector<SipText> SeenCall::of(std::string_view method) const {
  std::vector<SipText> out;
  for (const auto& request : requests)
    if (request.message.method() == method) out.push_back(request.message);
  return out;
}

}  // namespace srs::test
