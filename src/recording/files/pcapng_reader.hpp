// Reading capture.pcapng, whole or torn.
#pragma once

#include "recording/files/headers.hpp"

#include <srs/util/bytes.hpp>
#include <srs/util/time.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace srs::recording {

// Gives the UDP datagrams of a pcapng file in its order. Takes either byte order, several
// interfaces and sections; blocks and link types that it doesn't know are passed over. Never reads
// outside `file` and never further than the first block that can't be one: damaged() says so.
// `file` outlives it and what it gives.
class PcapngReader {
 public:
  explicit PcapngReader(Bytes file) : file_(file) {}

  struct Record {
    WallTime arrival;
    UdpPacket udp;
  };
  std::optional<Record> next();

  bool damaged() const { return damaged_; }
  std::size_t position() const { return at_; }  // bytes read

 private:
  struct Interface {
    bool raw_ip = false;
    std::uint64_t per_second = 1'000'000;  // units of its time stamps
  };
  struct Block {
    std::uint32_t type = 0;
    Bytes body;
  };

  std::optional<Block> next_block();
  bool read_byte_order();
  void read_interface(Bytes body);
  std::uint64_t time_resolution(Bytes options) const;
  std::optional<Record> read_packet(Bytes body) const;
  std::uint16_t u16(Bytes bytes, std::size_t at) const;
  std::uint32_t u32(Bytes bytes, std::size_t at) const;

  Bytes file_;
  std::size_t at_ = 0;
  bool big_endian_ = false;
  bool damaged_ = false;
  std::vector<Interface> interfaces_;
};

}  // namespace srs::recording
