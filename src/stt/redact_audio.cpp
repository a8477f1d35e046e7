#include "stt/files.hpp"
#include "stt/redact.hpp"
#include "stt/sound_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace srs::stt {
namespace {

constexpr std::size_t kBlock = 16'384;                      // frames read at once
constexpr std::uint64_t kLargestRiff = 0xFFFFFFFFu - 4096;  // room for headers

// Silence or a tone over some frames of one channel, with the tone's phase by the sample's number.
void cover(std::vector<std::int16_t>& block, std::size_t channels, std::uint64_t first,
           const Redaction& place, std::uint32_t rate, bool tone) {
  const auto frame = [&](Millis time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.count())) * rate / 1000;
  };
  const std::uint64_t count = block.size() / channels;
  const auto begin = std::clamp(frame(place.start), first, first + count);
  const auto end = std::clamp(frame(place.end), first, first + count);
  for (auto i = begin; i < end; ++i) {
    const double phase = 2 * std::numbers::pi * 1000 * static_cast<double>(i % rate) / rate;
    block[(i - first) * channels + place.channel] =
        tone ? static_cast<std::int16_t>(4000 * std::sin(phase)) : std::int16_t{0};
  }
}

// False where `out` takes no more.
bool copy_covered(SNDFILE* in, SNDFILE* out, const SF_INFO& info,
                  const std::vector<Redaction>& places, bool tone) {
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<std::int16_t> block;
  for (std::uint64_t first = 0;;) {
    block.resize(kBlock * channels);
    const auto got = sf_readf_short(in, block.data(), kBlock);
    if (got <= 0) return true;
    block.resize(static_cast<std::size_t>(got) * channels);
    for (const auto& place : places)
      if (place.channel < channels)
        cover(block, channels, first, place, static_cast<std::uint32_t>(info.samplerate), tone);
    if (sf_writef_short(out, block.data(), got) != got) return false;
    first += static_cast<std::uint64_t>(got);
  }
}

// As audio.wav is: RF64 only where RIFF can't say the size.
SF_INFO like(const SF_INFO& info) {
  SF_INFO out = info;
  const auto bytes =
      static_cast<std::uint64_t>(info.frames) * 2 * static_cast<std::uint64_t>(info.channels);
  out.format = (bytes > kLargestRiff ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | SF_FORMAT_PCM_16;
  return out;
}

}  // namespace

Result<void> redact_audio(const std::filesystem::path& from, const std::filesystem::path& to,
                          const std::vector<Redaction>& places, bool tone) {
  SF_INFO info{};
  const auto in = open_sound(from, info);
  if (!in) return in.error();
  auto written = like(info);
  auto temporary = to;
  temporary += ".tmp";
  // For its owner and group: libsndfile would make it for everybody.
  if (const auto made = make_file(temporary); !made) return made.error();
  auto out = open_sound(temporary, written, SFM_WRITE);
  if (!out) return out.error();
  bool done = copy_covered(in->get(), out->get(), info, places, tone);
  done = sf_close(out->release()) == 0 && done;
  if (done) return take_name(temporary, to);
  remove_file(temporary);
  return Error{"can't write ", temporary.string(), ": the disk refused it"};
}

}  // namespace srs::stt
