#include "recording/files/pcapng_reader.hpp"

#include "recording/files/pcapng.hpp"

namespace srs::recording {
namespace {

constexpr std::size_t kSmallestBlock = 12;
constexpr std::size_t kLargestBlock = 16 << 20;  // no datagram comes near; options might
constexpr std::size_t kMaxInterfaces = 1024;
constexpr std::size_t kPacketHead = 20;  // of an Enhanced Packet Block's body
constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

// if_tsresol: a negative power of ten, or of two where the top bit is set.
std::uint64_t units_per_second(std::uint8_t resolution) {
  const unsigned exponent = resolution & 0x7F;
  if ((resolution & 0x80) != 0) return std::uint64_t{1} << (exponent < 63 ? exponent : 63);
  std::uint64_t units = 1;
  for (unsigned i = 0; i < exponent && i < 19; ++i) units *= 10;
  return units;
}

WallTime to_time(std::uint64_t stamp, std::uint64_t per_second) {
  if (per_second == kNanoseconds && stamp <= INT64_MAX) {
    return WallTime(std::chrono::nanoseconds(static_cast<std::int64_t>(stamp)));
  }
  const auto seconds = stamp / per_second;
  const auto rest =
      static_cast<long double>(stamp % per_second) / static_cast<long double>(per_second);
  // Stamps past the year 2262 don't fit; they are damage, and any time will do for them.
  if (seconds > static_cast<std::uint64_t>(INT64_MAX / kNanoseconds - 1)) return WallTime::max();
  const auto nanoseconds =
      static_cast<std::int64_t>(rest * static_cast<long double>(kNanoseconds) + 0.5L);
  return WallTime(
      std::chrono::nanoseconds(static_cast<std::int64_t>(seconds) * kNanoseconds + nanoseconds));
}

}  // namespace

std::uint16_t PcapngReader::u16(Bytes bytes, std::size_t at) const {
  if (big_endian_) return read_u16(bytes, at);
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

std::uint32_t PcapngReader::u32(Bytes bytes, std::size_t at) const {
  if (big_endian_) return read_u32(bytes, at);
  return u16(bytes, at) | static_cast<std::uint32_t>(u16(bytes, at + 2)) << 16;
}

std::optional<PcapngReader::Record> PcapngReader::next() {
  while (const auto block = next_block()) {
    if (block->type == pcapng::kSectionHeader)
      interfaces_.clear();
    else if (block->type == pcapng::kInterface)
      read_interface(block->body);
    else if (block->type == pcapng::kEnhancedPacket) {
      if (auto record = read_packet(block->body)) return record;
    }
  }
  return std::nullopt;
}

// Type, length, body, length again; a torn tail fails one of the checks.
std::optional<PcapngReader::Block> PcapngReader::next_block() {
  const Bytes rest = file_.subspan(at_);
  if (rest.empty() || damaged_) return std::nullopt;
  damaged_ = true;
  if (rest.size() < kSmallestBlock) return std::nullopt;
  // The section header's type reads the same in both orders; the magic tells which it is.
  const bool section = read_u32(rest, 0) == pcapng::kSectionHeader;
  if ((section || at_ == 0) && !read_byte_order()) return std::nullopt;
  const std::size_t length = u32(rest, 4);
  if (length < kSmallestBlock || length % 4 != 0 || length > kLargestBlock ||
      length > rest.size() || u32(rest, length - 4) != length) {
    return std::nullopt;
  }
  damaged_ = false;
  at_ += length;
  return Block{u32(rest, 0), rest.subspan(8, length - kSmallestBlock)};
}

bool PcapngReader::read_byte_order() {
  const Bytes rest = file_.subspan(at_);
  if (read_u32(rest, 0) != pcapng::kSectionHeader) return false;
  big_endian_ = read_u32(rest, 8) == pcapng::kByteOrderMagic;
  return big_endian_ || u32(rest, 8) == pcapng::kByteOrderMagic;
}

void PcapngReader::read_interface(Bytes body) {
  if (interfaces_.size() >= kMaxInterfaces) return;
  Interface interface;
  if (body.size() >= 8) {
    interface.raw_ip = u16(body, 0) == pcapng::kLinkTypeRaw;
    interface.per_second = time_resolution(body.subspan(8));
  }
  interfaces_.push_back(interface);
}

std::uint64_t PcapngReader::time_resolution(Bytes options) const {
  while (options.size() >= 4) {
    const auto code = u16(options, 0);
    const std::size_t length = u16(options, 2);
    if (code == pcapng::kOptionEnd || 4 + padded(length) > options.size()) break;
    if (code == pcapng::kOptionTimeResolution && length == 1) return units_per_second(options[4]);
    options = options.subspan(4 + padded(length));
  }
  return 1'000'000;
}

std::optional<PcapngReader::Record> PcapngReader::read_packet(Bytes body) const {
  if (body.size() < kPacketHead) return std::nullopt;
  const std::size_t number = u32(body, 0);
  const std::size_t captured = u32(body, 12);
  if (number >= interfaces_.size() || !interfaces_[number].raw_ip) return std::nullopt;
  if (captured > body.size() - kPacketHead) return std::nullopt;
  const auto udp = read_datagram(body.subspan(kPacketHead, captured));
  if (!udp) return std::nullopt;
  const auto stamp = static_cast<std::uint64_t>(u32(body, 4)) << 32 | u32(body, 8);
  return Record{to_time(stamp, interfaces_[number].per_second), *udp};
}

}  // namespace srs::recording
