#include "recording/files/pcapng.hpp"

#include "recording/files/headers.hpp"

#include <cstring>
#include <string_view>

namespace srs::recording::pcapng {
namespace {

constexpr std::size_t kBlockFrame = 12;   // type, length, length again
constexpr std::size_t kPacketFrame = 32;  // the same with interface, time, two lengths

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

// The section says in which byte order it is written; ours is the machine's.
template <class Number>
void put(std::vector<std::uint8_t>& out, Number value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

template <class Number>
void put(std::span<std::uint8_t> out, std::size_t at, Number value) {
  std::memcpy(out.data() + at, &value, sizeof value);
}

void put_option(std::vector<std::uint8_t>& out, std::uint16_t code, std::string_view value) {
  put(out, code);
  put(out, static_cast<std::uint16_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
  out.resize(padded(out.size()));
}

void put_block(std::vector<std::uint8_t>& out, std::uint32_t type,
               const std::vector<std::uint8_t>& body) {
  const auto length = static_cast<std::uint32_t>(body.size() + kBlockFrame);
  put(out, type);
  put(out, length);
  out.insert(out.end(), body.begin(), body.end());
  put(out, length);
}

std::vector<std::uint8_t> section_header() {
  std::vector<std::uint8_t> body;
  put(body, kByteOrderMagic);
  put(body, std::uint16_t{1});  // version 1.0
  put(body, std::uint16_t{0});
  put(body, std::int64_t{-1});  // length not known
  put_option(body, kOptionApplication, "siprec-server " SRS_VERSION);
  put_option(body, kOptionEnd, "");
  return body;
}

std::vector<std::uint8_t> interface_description() {
  std::vector<std::uint8_t> body;
  put(body, kLinkTypeRaw);
  put(body, std::uint16_t{0});
  put(body, std::uint32_t{0});                      // no limit of length
  put_option(body, kOptionTimeResolution, "\x09");  // 10^-9 s
  put_option(body, kOptionEnd, "");
  return body;
}

}  // namespace

std::vector<std::uint8_t> file_header() {
  std::vector<std::uint8_t> header;
  put_block(header, kSectionHeader, section_header());
  put_block(header, kInterface, interface_description());
  return header;
}

std::size_t packet_size(const rtp::Datagram& datagram) {
  return kPacketFrame + padded(header_size(datagram.source.is_v6()) + datagram.bytes.size());
}

void write_packet(std::span<std::uint8_t> out, std::uint16_t local_port,
                  const rtp::Datagram& datagram) {
  const auto length = static_cast<std::uint32_t>(out.size());
  const auto captured =
      static_cast<std::uint32_t>(header_size(datagram.source.is_v6()) + datagram.bytes.size());
  const auto time = static_cast<std::uint64_t>(datagram.arrival.time_since_epoch().count());
  put(out, 0, kEnhancedPacket);
  put(out, 4, length);
  put(out, 8, std::uint32_t{0});  // interface
  put(out, 12, static_cast<std::uint32_t>(time >> 32));
  put(out, 16, static_cast<std::uint32_t>(time));
  put(out, 20, captured);
  put(out, 24, captured);
  write_datagram(out.subspan(28, captured), local_port, datagram);
  std::memset(out.data() + 28 + captured, 0, length - kPacketFrame - captured);
  put(out, length - 4, length);
}

}  // namespace srs::recording::pcapng
