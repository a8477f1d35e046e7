// Many streams at a high rate, for benchmarks: library srs_rtp_sender.
#pragma once

#include <srs/rtp/packet.hpp>
#include <srs/util/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace srs::rtp {

struct BulkSenderOptions {
  std::string local_address = "127.0.0.1";
  std::size_t sockets = 1;              // streams take them in turn; each has a port of its own
  std::chrono::milliseconds frame{20};  // between two packets of a stream
  // Streams are spread evenly over frame / tick slots. Telephones begin to speak independently of
  // each other, so packets of 500 streams come 40 us apart; longer ticks make bursts of them.
  std::chrono::microseconds tick{100};
};

struct BulkStream {
  Endpoint destination;
  std::uint8_t payload_type = 0;
  std::uint32_t ssrc = 0;
  std::uint32_t timestamp_step = 160;  // a frame in timestamp units
  // The bytes of frame `index`, valid until the next call; empty: the stream is over. Called on
  // the sender's thread; streams may share what it reads.
  std::function<Bytes(std::uint64_t index)> payload;
};

struct BulkStats {
  std::uint64_t packets = 0;  // handed to the kernel
  std::uint64_t bytes = 0;    // of whole RTP packets
  std::uint64_t failed = 0;   // refused by the kernel
  std::uint64_t active = 0;   // streams that send now
  // How late ticks began: a sender that is late measures itself and not the receiver.
  std::chrono::nanoseconds mean_lateness{0};
  std::chrono::nanoseconds max_lateness{0};
  std::uint64_t late_ticks = 0;  // began more than one tick late
  std::uint64_t ticks = 0;
};

// Sends with sendmmsg on one thread of its own. Members may be called from any one other thread.
class BulkSender {
 public:
  using Id = std::uint64_t;

  static Result<std::unique_ptr<BulkSender>> open(const BulkSenderOptions& options);
  virtual ~BulkSender() = default;  // stops the thread

  // The stream begins within one frame.
  virtual Id add(BulkStream stream) = 0;
  // The packets that the stream has sent; no more of it is sent after the return. Removing twice,
  // or a stream that is over, is allowed.
  virtual std::uint64_t remove(Id id) = 0;

  virtual std::uint16_t port(Id id) const = 0;  // the local port it sends from
  virtual BulkStats stats() const = 0;
};

}  // namespace srs::rtp
