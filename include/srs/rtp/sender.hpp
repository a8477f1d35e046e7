// The sending side, for callers that test a recorder: library srs_rtp_sender. The server never
// links it.
#pragma once

#include <srs/rtp/packet.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace srs::rtp {

struct SenderOptions {
  std::string local_address = "127.0.0.1";  // IPv4 or IPv6
  std::uint16_t local_port = 0;             // even; RTCP takes the next. 0: a free pair is found
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 8000;
  std::chrono::milliseconds frame{20};    // audio of one payload
  std::uint8_t event_payload_type = 101;  // telephone-event (RFC 4733), same clock
  std::optional<std::uint32_t> ssrc{};    // nothing: random
  std::string cname = "siprec-call@localhost";
  std::chrono::milliseconds report_interval{5000};  // sender reports; 0: none
};

// Sends one stream in real time with oRTP: an RTP stack that shares no code with the receiver.
// Runs on the io_context's thread.
class Sender {
 public:
  // The encoded bytes of the next frame, valid until the next call; empty: the audio is over.
  using Source = std::function<Bytes()>;

  // Binds the pair of ports, so that an offer can name it. Fails where that is impossible.
  static Result<std::unique_ptr<Sender>> open(boost::asio::any_io_executor executor,
                                              const SenderOptions& options);
  virtual ~Sender() = default;  // stops

  virtual std::uint16_t port() const = 0;  // the local RTP port
  virtual std::uint32_t ssrc() const = 0;

  // Sends a frame of `source` to `rtp` every `frame` from now on (marker bit on the first one and
  // after each pause, RFC 3551 §4.1), sender reports to `rtcp`. `done` is called once when the
  // source is over, and not after stop().
  virtual void start(const Endpoint& rtp, const Endpoint& rtcp, Source source,
                     std::function<void()> done) = 0;
  // On hold: nothing is sent and the source isn't asked. After resume() the sequence goes on by one
  // and the timestamp has jumped by the gap.
  virtual void pause() = 0;
  virtual void resume() = 0;
  // Presses keys (0-9 * # A-D) one after the other from the next frame on: telephone events in
  // place of the audio, which runs on unheard, `gap` between keys.
  virtual void press(std::string_view digits, std::chrono::milliseconds duration,
                     std::chrono::milliseconds gap) = 0;
  // Says BYE (RTCP) and ends sending. The ports stay bound until the destructor.
  virtual void stop() = 0;

  virtual std::uint64_t packets() const = 0;  // RTP packets sent, events included
  virtual std::uint64_t bytes() const = 0;    // of their payloads
  virtual std::uint64_t reports() const = 0;  // receiver reports that came back
};

}  // namespace srs::rtp
