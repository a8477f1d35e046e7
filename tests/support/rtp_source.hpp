// Makes the packets of one RTP source (RFC 3550 §5.1), 20 ms of an 8 kHz codec each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace srs::test {

class RtpSource {
 public:
  static constexpr std::uint32_t kSamples = 160;  // per packet

  RtpSource(std::uint8_t payload_type, std::uint32_t ssrc, std::uint16_t sequence = 1000,
            std::uint32_t timestamp = 5000)
      : payload_type_(payload_type), ssrc_(ssrc), sequence_(sequence), timestamp_(timestamp) {}

  // The next packet with these 160 bytes of payload.
  std::string next(std::string_view payload) {
    const auto packet = header(payload_type_, timestamp_) + std::string(payload);
    timestamp_ += kSamples;
    return packet;
  }
  // Time passes without a packet.
  void skip(std::uint32_t samples) { timestamp_ += samples; }
  void lose() {
    ++sequence_;
    timestamp_ += kSamples;
  }
  void set_ssrc(std::uint32_t ssrc) { ssrc_ = ssrc; }
  std::uint32_t timestamp() const { return timestamp_; }

  // A telephone-event packet (RFC 4733 §2.3): `duration` samples so far of the event that began at
  // `began`.
  std::string event(std::uint8_t code, std::uint32_t began, std::uint16_t duration, bool end) {
    std::string packet = header(101, began);
    packet += static_cast<char>(code);
    packet += static_cast<char>((end ? 0x80 : 0) | 10);
    packet += static_cast<char>(duration >> 8);
    packet += static_cast<char>(duration & 0xFF);
    return packet;
  }

 private:
  std::string header(std::uint8_t type, std::uint32_t timestamp) {
    std::string out = {'\x80', static_cast<char>(type)};
    out += static_cast<char>(sequence_ >> 8);
    out += static_cast<char>(sequence_ & 0xFF);
    ++sequence_;
    for (const auto word : {timestamp, ssrc_})
      for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xFF);
    return out;
  }

  std::uint8_t payload_type_;
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
};

}  // namespace srs::test
