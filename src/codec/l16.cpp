// L16: 16-bit samples in network byte order, channels interleaved (RFC 3551 §4.5.11).
#include "codec/conceal.hpp"
#include "codec/decoders.hpp"

namespace srs::codec {
namespace {

class L16 final : public Decoder {
 public:
  L16(std::uint32_t rate, std::uint8_t channels)
      : rate_(rate), channels_(channels), lost_(rate, channels) {}

  std::uint32_t sample_rate() const override { return rate_; }
  std::uint8_t channels() const override { return channels_; }

  void decode(Bytes payload, std::vector<std::int16_t>& out) override {
    const std::size_t samples = payload.size() / (2U * channels_) * channels_;
    const std::size_t start = out.size();
    out.resize(start + samples);
    for (std::size_t i = 0; i < samples; ++i) {
      out[start + i] = static_cast<std::int16_t>(read_u16(payload, 2 * i));
    }
    if (samples > 0) lost_.remember(std::span(out).subspan(start));
  }
  void conceal(std::size_t frames, std::vector<std::int16_t>& out) override {
    lost_.fill(frames, out);
  }
  void reset() override { lost_.forget(); }

 private:
  const std::uint32_t rate_;
  const std::uint8_t channels_;
  Repetition lost_;
};

}  // namespace

std::unique_ptr<Decoder> make_l16(std::uint32_t clock_rate, std::uint8_t channels) {
  return std::make_unique<L16>(clock_rate, channels);
}

}  // namespace srs::codec
