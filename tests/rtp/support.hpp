// What the tests of this floor share: packets made by hand, plain sockets, an io_context that runs
// until something has happened.
#pragma once

#include "support/port_block.hpp"
#include "support/wait.hpp"

#include <srs/rtp/packet.hpp>
#include <srs/rtp/stream.hpp>

#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace srs::rtp::test {

using Octets = std::vector<std::uint8_t>;

struct PacketFields {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0x11223344;
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::size_t payload = 160;
};

// Written here octet by octet, not with the code under test.
inline Octets rtp(const PacketFields& fields) {
  Octets bytes = {0x80, static_cast<std::uint8_t>((fields.marker ? 0x80 : 0) | fields.payload_type),
                  static_cast<std::uint8_t>(fields.sequence >> 8),
                  static_cast<std::uint8_t>(fields.sequence)};
  for (const auto word : {fields.timestamp, fields.ssrc})
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<std::uint8_t>(word >> shift));
  bytes.resize(bytes.size() + fields.payload, 0xD5);
  return bytes;
}

// An unconnected UDP socket on loopback.
class Peer {
 public:
  explicit Peer(const std::string& host = "127.0.0.1") {
    const auto local = *Endpoint::from(host, 0);
    v6_ = local.is_v6();
    fd_ = ::socket(local.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&local.storage), length()) != 0)
      ADD_FAILURE() << "no socket at " << host;
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Endpoint endpoint() const {
    Endpoint result;
    socklen_t size = sizeof result.storage;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&result.storage), &size);
    return result;
  }
  void send(std::uint16_t port, const Octets& bytes) const {
    const auto to = *Endpoint::from(v6_ ? "::1" : "127.0.0.1", port);
    EXPECT_EQ(::sendto(fd_, bytes.data(), bytes.size(), 0,
                       reinterpret_cast<const sockaddr*>(&to.storage), length()),
              static_cast<ssize_t>(bytes.size()));
  }
  // What came, empty where nothing does.
  Octets receive(int timeout_ms = 0) {
    pollfd poller{fd_, POLLIN, 0};
    if (::poll(&poller, 1, timeout_ms) != 1) return {};
    Octets bytes(2048);
    socklen_t size = sizeof last_source_.storage;
    const auto got = ::recvfrom(fd_, bytes.data(), bytes.size(), 0,
                                reinterpret_cast<sockaddr*>(&last_source_.storage), &size);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    return bytes;
  }
  const Endpoint& last_source() const { return last_source_; }

 private:
  socklen_t length() const { return v6_ ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }
  Endpoint last_source_;
  bool v6_ = false;
  int fd_ = -1;
};

// Runs `context` until `done` holds; false where it doesn't soon.
inline bool run_until(boost::asio::io_context& context, const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + srs::test::kSoon;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    context.restart();
    context.run_one_for(std::chrono::milliseconds(20));
  }
  return true;
}

// Keeps copies of what a stream hands on.
class Kept final : public StreamSink {
 public:
  struct Item {
    Octets bytes;
    std::string source;
    WallTime arrival;
    std::uint16_t local_port;
    bool rtcp_port;
  };
  void on_datagram(std::uint16_t local_port, const Datagram& datagram) override {
    items.push_back({{datagram.bytes.begin(), datagram.bytes.end()},
                     datagram.source.to_string(),
                     datagram.arrival,
                     local_port,
                     datagram.rtcp_port});
  }
  std::vector<Item> items;
};

// Port number `n` of this process's block, which no test beside it has.
inline std::uint16_t at(unsigned n) {
  static const srs::test::PortBlock block;
  return static_cast<std::uint16_t>(block.first() + n);
}

// A pool from at(first) to at(last).
inline Options options_at(unsigned first, unsigned last) {
  Options options;
  options.bind_address = "127.0.0.1";
  options.port_min = at(first);
  options.port_max = at(last);
  options.sweep_interval = std::chrono::milliseconds(5);
  options.quarantine = std::chrono::seconds(5);
  options.rtcp_interval = std::chrono::milliseconds(0);
  return options;
}

}  // namespace srs::rtp::test
