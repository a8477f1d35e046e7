#include "stt/audio.hpp"

#include "stt/sound_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace srs::stt {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are written as they lie");

constexpr std::size_t kBlock = 16'384;  // frames read at once

void put(std::string& out, std::uint32_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

}  // namespace

Result<SoundFile> open_sound(const std::filesystem::path& path, SF_INFO& info, int mode) {
  SoundFile file(sf_open(path.c_str(), mode, &info));
  if (!file) return Error{"can't open ", path.string(), ": ", sf_strerror(nullptr)};
  if (info.channels < 1 || info.samplerate < 1000)
    return Error{path.string(), " has no channels or no sample rate"};
  return file;
}

Result<AudioFormat> read_format(const std::filesystem::path& audio) {
  SF_INFO info{};
  auto file = open_sound(audio, info);
  if (!file) return file.error();
  return AudioFormat{static_cast<std::uint32_t>(info.samplerate),
                     static_cast<unsigned>(info.channels),
                     static_cast<std::uint64_t>(std::max<sf_count_t>(0, info.frames))};
}

std::string wav_header(std::uint32_t sample_rate, unsigned channels, std::uint32_t bytes) {
  std::string out = "RIFF";
  put(out, bytes + kWavHeader - 8, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, 1, 2);  // PCM
  put(out, channels, 2);
  put(out, sample_rate, 4);
  put(out, sample_rate * channels * 2, 4);
  put(out, channels * 2, 2);
  put(out, 16, 2);
  out += "data";
  put(out, bytes, 4);
  return out;
}

Result<Sound> extract(const std::filesystem::path& audio, const Piece& piece) {
  SF_INFO info{};
  auto file = open_sound(audio, info);
  if (!file) return file.error();
  const auto rate = static_cast<std::int64_t>(info.samplerate);
  const auto first = piece.begin.count() * rate / 1000;
  const auto last = std::min<std::int64_t>(info.frames, piece.end.count() * rate / 1000);
  const auto width = piece.channels.size();
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, last - first));
  if (count * width * 2 > (1ULL << 31))
    return Error{"a piece of more than 2 GiB: make stt.piece.length shorter"};
  if (sf_seek(file->get(), first, SEEK_SET) < 0) return Error{"can't seek in ", audio.string()};

  Sound sound;
  sound.sample_rate = static_cast<std::uint32_t>(info.samplerate);
  sound.channels = static_cast<unsigned>(width);
  std::string samples;
  samples.reserve(count * width * 2);
  std::vector<std::int16_t> block(kBlock * static_cast<std::size_t>(info.channels));
  std::vector<std::int16_t> chosen;
  for (std::uint64_t done = 0; done < count;) {
    const auto got =
        sf_readf_short(file->get(), block.data(),
                       static_cast<sf_count_t>(std::min<std::uint64_t>(kBlock, count - done)));
    if (got <= 0) break;
    chosen.clear();
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i)
      for (const auto channel : piece.channels)
        chosen.push_back(block[i * static_cast<std::size_t>(info.channels) + channel]);
    const auto before = samples.size();
    samples.resize(before + chosen.size() * 2);
    std::memcpy(samples.data() + before, chosen.data(), chosen.size() * 2);
    done += static_cast<std::uint64_t>(got);
  }
  sound.length =
      Millis(static_cast<std::int64_t>(samples.size() / 2 / std::max<std::size_t>(width, 1)) *
             1000 / rate);
  sound.wav =
      wav_header(sound.sample_rate, sound.channels, static_cast<std::uint32_t>(samples.size())) +
      samples;
  return sound;
}

}  // namespace srs::stt
