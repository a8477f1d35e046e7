// RTP packets on the wire (RFC 3550 §5.1) and datagrams as sockets give them.
#pragma once

#include <srs/util/bytes.hpp>
#include <srs/util/time.hpp>

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace srs::rtp {

// An IPv4 or IPv6 address and port; IPv4-mapped IPv6 is kept as IPv4.
struct Endpoint {
  sockaddr_storage storage{};
  std::uint16_t port() const;
  // The address in `host`, numeric (`192.0.2.1`, `2001:db8::1`); nothing where it is none.
  static std::optional<Endpoint> from(std::string_view host, std::uint16_t port);
  bool is_v6() const { return storage.ss_family == AF_INET6; }
  std::string to_string() const;  // `192.0.2.1:4000`, `[2001:db8::1]:4000`
  bool operator==(const Endpoint& other) const;
};

// One UDP datagram. `bytes` is valid during the call that hands it over.
struct Datagram {
  Bytes bytes;
  Endpoint source;
  WallTime arrival;        // the kernel's receive timestamp where it gave one
  bool rtcp_port = false;  // it came to the odd port of the pair
};

struct Header {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t csrc_count = 0;
};

struct Packet {
  Header header;
  Bytes payload;  // without header, extension and padding; may be empty
};

// Nothing where the bytes are no RTP packet: version, length, CSRC list, extension, padding
// (RFC 3550 §A.1).
std::optional<Packet> parse_packet(Bytes bytes);

// What keeps a NAT binding or a media path alive and carries no media: empty datagrams, STUN
// (RFC 6263 §4.1, §4.3; RFC 8489 §5).
bool is_keep_alive(Bytes bytes);

// RTCP multiplexed with RTP on one port is told apart by its packet type (RFC 5761 §4).
bool looks_like_rtcp(Bytes bytes);

}  // namespace srs::rtp
