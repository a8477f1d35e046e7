// Captures made in tests.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/rtp/packet.hpp>
#include <srs/util/time.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace srs::test {

inline constexpr std::int64_t kMs = 1'000'000;  // in ns

// 2026-11-22T10:00:00Z, when the calls of these tests begin.
WallTime call_start();

rtp::Endpoint endpoint(const std::string& address, std::uint16_t port);

// An RTP packet on the wire (RFC 3550 §5.1).
std::vector<std::uint8_t> rtp_packet(const rtp::Header& header,
                                     std::span<const std::uint8_t> payload);

// A telephone event's payload (RFC 4733 §2.3).
std::vector<std::uint8_t> event_payload(std::uint8_t event, bool end, std::uint16_t duration);

// Gathers datagrams and writes them in the order of arrival.
class CallBuilder {
 public:
  // `at`: ns from call_start().
  void add(std::uint16_t port, std::int64_t at, std::vector<std::uint8_t> datagram);
  std::size_t size() const { return datagrams_.size(); }
  std::vector<std::uint8_t> capture() const;  // the bytes of a capture.pcapng
  void write(const std::filesystem::path& directory) const;

 private:
  struct Entry {
    std::int64_t at;
    std::uint16_t port;
    std::vector<std::uint8_t> bytes;
  };
  std::vector<Entry> datagrams_;
};

// A sender of one stream: counts sequence numbers and timestamps on.
struct Leg {
  CallBuilder& call;
  std::uint16_t port;
  rtp::Header header{};

  // One packet that arrives at `at`; `ticks` is what the timestamp grows by.
  void send(std::int64_t at, std::span<const std::uint8_t> payload, std::uint32_t ticks);
  // One that is lost on the way.
  void lose(std::uint32_t ticks);
  // Sound in packets of 20 ms of G.711 (8000 Hz), without jitter, from `at` on.
  void speak(std::int64_t at, std::span<const std::int16_t> sound);
};

std::vector<std::uint8_t> to_ulaw(std::span<const std::int16_t> samples);
std::vector<std::uint8_t> to_alaw(std::span<const std::int16_t> samples);
std::vector<std::uint8_t> to_l16(std::span<const std::int16_t> samples);

// Something like speech: noise of changing pitch in syllables; another one for each `seed`.
std::vector<std::int16_t> babble(std::size_t samples, std::uint32_t seed,
                                 std::uint32_t rate = 8000);

// A document of `ports.size()` PCMU/PCMA streams that lasts `length_ms`.
recording::Document document(std::span<const std::uint16_t> ports, std::int64_t length_ms);

}  // namespace srs::test
