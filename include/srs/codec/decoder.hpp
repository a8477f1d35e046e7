// Decoding RTP payloads to 16-bit PCM, after the call.
#pragma once

#include <srs/util/bytes.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace srs::codec {

// One stream's decoder: it may hold state from packet to packet.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual std::uint32_t sample_rate() const = 0;  // Hz of what decode() returns
  virtual std::uint8_t channels() const = 0;
  // Appends the payload's samples to `out`, interleaved. A payload that can't be decoded appends
  // what could be, possibly nothing.
  virtual void decode(Bytes payload, std::vector<std::int16_t>& out) = 0;
  // Appends `frames` frames in place of lost packets; by default silence.
  virtual void conceal(std::size_t frames, std::vector<std::int16_t>& out);
  virtual void reset() {}
};

// PCMU, PCMA (RFC 3551 §4.5.14) and L16 (§4.5.11), by rtpmap's name without regard to case;
// nullptr for codecs that we can't decode yet.
std::unique_ptr<Decoder> make_decoder(std::string_view encoding, std::uint32_t clock_rate,
                                      std::uint8_t channels);

// G.711 (ITU-T G.711), one sample.
std::int16_t ulaw_to_linear(std::uint8_t code);
std::int16_t alaw_to_linear(std::uint8_t code);
std::uint8_t linear_to_ulaw(std::int16_t sample);
std::uint8_t linear_to_alaw(std::int16_t sample);

}  // namespace srs::codec
