#include "codec/decoders.hpp"

#include <srs/codec/decoder.hpp>
#include <srs/util/text.hpp>

namespace srs::codec {
namespace {

// What no audio device or SRC goes beyond; rates and channels come from SDP.
constexpr std::uint32_t kMaxRate = 192'000;
constexpr std::uint8_t kMaxChannels = 8;

}  // namespace

void Decoder::conceal(std::size_t frames, std::vector<std::int16_t>& out) {
  out.insert(out.end(), frames * channels(), 0);
}

std::unique_ptr<Decoder> make_decoder(std::string_view encoding, std::uint32_t clock_rate,
                                      std::uint8_t channels) {
  if (channels == 0) channels = 1;  // rtpmap may leave it out (RFC 4566 §6)
  if (clock_rate < 1000 || clock_rate > kMaxRate || channels > kMaxChannels) return nullptr;
  if (iequals(encoding, "PCMU")) return make_g711(Law::Mu, clock_rate, channels);
  if (iequals(encoding, "PCMA")) return make_g711(Law::A, clock_rate, channels);
  if (iequals(encoding, "L16")) return make_l16(clock_rate, channels);
  return nullptr;
}

}  // namespace srs::codec
