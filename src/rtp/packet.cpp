#include <srs/rtp/packet.hpp>

namespace srs::rtp {
namespace {

constexpr std::size_t fixed_header = 12;

// The header's whole length, CSRC list and extension included (RFC 3550 §5.1, §5.3.1); nothing
// where the bytes end before it does.
std::optional<std::size_t> header_length(Bytes bytes) {
  std::size_t length = fixed_header + 4U * (bytes[0] & 0x0F);
  const bool extended = (bytes[0] & 0x10) != 0;
  if (extended) {
    if (bytes.size() < length + 4) return std::nullopt;
    length += 4 + 4U * read_u16(bytes, length + 2);
  }
  if (bytes.size() < length) return std::nullopt;
  return length;
}

}  // namespace

std::optional<Packet> parse_packet(Bytes bytes) {
  if (bytes.size() < fixed_header || bytes[0] >> 6 != 2) return std::nullopt;
  const auto start = header_length(bytes);
  if (!start) return std::nullopt;
  auto payload = bytes.subspan(*start);
  if ((bytes[0] & 0x20) != 0) {
    // The last octet counts the padding, itself included (RFC 3550 §5.1).
    if (payload.empty() || payload.back() == 0 || payload.back() > payload.size())
      return std::nullopt;
    payload = payload.first(payload.size() - payload.back());
  }
  return Packet{{.marker = (bytes[1] & 0x80) != 0,
                 .payload_type = static_cast<std::uint8_t>(bytes[1] & 0x7F),
                 .sequence = read_u16(bytes, 2),
                 .timestamp = read_u32(bytes, 4),
                 .ssrc = read_u32(bytes, 8),
                 .csrc_count = static_cast<std::uint8_t>(bytes[0] & 0x0F)},
                payload};
}

bool is_keep_alive(Bytes bytes) {
  constexpr std::uint32_t stun_cookie = 0x2112A442;
  if (bytes.empty()) return true;
  return bytes.size() >= 20 && bytes[0] >> 6 == 0 && read_u32(bytes, 4) == stun_cookie;
}

bool looks_like_rtcp(Bytes bytes) {
  if (bytes.size() < 8 || bytes[0] >> 6 != 2) return false;
  // RFC 5761 §4: 192-223, which as RTP would be a marker with one of the types 64-95. Should a
  // stream use one of those, its sequence number seldom passes for a length that fits.
  if (bytes[1] < 192 || bytes[1] > 223) return false;
  return 4U * (read_u16(bytes, 2) + 1U) <= bytes.size();
}

}  // namespace srs::rtp
