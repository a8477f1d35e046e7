// PCMU and PCMA: ITU-T G.711, RFC 3551 §4.5.14. Tables are made from the formulas at compile time.
#include "codec/conceal.hpp"
#include "codec/decoders.hpp"

#include <array>

namespace srs::codec {
namespace {

constexpr int kMuBias = 33 << 2;  // G.711 table 2: 33 on the 14-bit scale, ours has 16 bits
constexpr int kMuClip = 32767 - kMuBias;

// Sent inverted; sign, 3 bits of segment, 4 bits of step. Each code stands for its interval's
// middle.
constexpr std::int16_t mu_value(std::uint8_t code) {
  const int bits = ~code & 0xFF;
  const int magnitude = ((((bits & 0x0F) << 3) + kMuBias) << (bits >> 4 & 7)) - kMuBias;
  return static_cast<std::int16_t>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

// Even bits sent inverted (G.711 table 1a); a set sign bit is positive.
constexpr std::int16_t a_value(std::uint8_t code) {
  const int bits = code ^ 0x55;
  const int segment = bits >> 4 & 7;
  const int step = ((bits & 0x0F) << 4) + 8;
  const int magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1);
  return static_cast<std::int16_t>((bits & 0x80) != 0 ? magnitude : -magnitude);
}

template <class Formula>
constexpr std::array<std::int16_t, 256> table(Formula formula) {
  std::array<std::int16_t, 256> values{};
  for (std::size_t code = 0; code < 256; ++code) {
    values[code] = formula(static_cast<std::uint8_t>(code));
  }
  return values;
}

constexpr auto kMu = table(mu_value);
constexpr auto kA = table(a_value);

// The segment of a magnitude whose lowest segment ends below 2^`bits`.
constexpr int segment_of(int magnitude, int bits) {
  int segment = 0;
  while (segment < 7 && magnitude >> (bits + segment) != 0) ++segment;
  return segment;
}

class G711 final : public Decoder {
 public:
  G711(Law law, std::uint32_t rate, std::uint8_t channels)
      : table_(law == Law::Mu ? kMu : kA),
        rate_(rate),
        channels_(channels),
        lost_(rate, channels) {}

  std::uint32_t sample_rate() const override { return rate_; }
  std::uint8_t channels() const override { return channels_; }

  void decode(Bytes payload, std::vector<std::int16_t>& out) override {
    payload = payload.first(payload.size() / channels_ * channels_);
    const std::size_t start = out.size();
    out.resize(start + payload.size());
    for (std::size_t i = 0; i < payload.size(); ++i) out[start + i] = table_[payload[i]];
    if (!payload.empty()) lost_.remember(std::span(out).subspan(start));
  }
  void conceal(std::size_t frames, std::vector<std::int16_t>& out) override {
    lost_.fill(frames, out);
  }
  void reset() override { lost_.forget(); }

 private:
  const std::array<std::int16_t, 256>& table_;
  const std::uint32_t rate_;
  const std::uint8_t channels_;
  Repetition lost_;
};

}  // namespace

std::int16_t ulaw_to_linear(std::uint8_t code) {
  return kMu[code];
}
std::int16_t alaw_to_linear(std::uint8_t code) {
  return kA[code];
}

std::uint8_t linear_to_ulaw(std::int16_t sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  int magnitude = sample < 0 ? -static_cast<int>(sample) : sample;
  magnitude = (magnitude > kMuClip ? kMuClip : magnitude) + kMuBias;
  const int segment = segment_of(magnitude, 8);
  const int step = magnitude >> (segment + 3) & 0x0F;
  return static_cast<std::uint8_t>(~(sign | segment << 4 | step));
}

std::uint8_t linear_to_alaw(std::int16_t sample) {
  const int sign = sample < 0 ? 0 : 0x80;
  // Negative values one's complement: G.711's decision values are symmetric about -1/2.
  const int magnitude = sample < 0 ? ~static_cast<int>(sample) : sample;
  const int segment = segment_of(magnitude, 8);
  const int step = magnitude >> (segment == 0 ? 4 : segment + 3) & 0x0F;
  return static_cast<std::uint8_t>((sign | segment << 4 | step) ^ 0x55);
}

std::unique_ptr<Decoder> make_g711(Law law, std::uint32_t clock_rate, std::uint8_t channels) {
  return std::make_unique<G711>(law, clock_rate, channels);
}

}  // namespace srs::codec
