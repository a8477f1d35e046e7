// Buffers for one recvmmsg, made once and used for every socket.
#pragma once

#include <srs/rtp/engine.hpp>
#include <srs/rtp/packet.hpp>

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace srs::rtp {

class ReceiveBatch {
 public:
  static constexpr std::size_t capacity = 32;

  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  struct Result {
    std::span<const Datagram> datagrams;  // valid until the next read()
    bool more = false;                    // the batch was full
  };
  // What waits at `socket`, in the order of arrival. Longer datagrams than kLongestDatagram are
  // left out and counted.
  Result read(int socket, bool rtcp_port);

  std::uint64_t truncated() const { return truncated_; }

 private:
  struct alignas(64) Buffer {
    std::array<std::uint8_t, kLongestDatagram> bytes;
  };
  struct alignas(cmsghdr) Control {
    std::array<char, 64> bytes;
  };
  std::size_t collect(std::size_t received, bool rtcp_port);
  void arm(std::size_t index);

  std::unique_ptr<std::array<Buffer, capacity>> buffers_;
  std::array<mmsghdr, capacity> messages_{};
  std::array<iovec, capacity> vectors_{};
  std::array<Control, capacity> controls_{};
  std::array<Datagram, capacity> datagrams_;
  std::uint64_t truncated_ = 0;
};

}  // namespace srs::rtp
