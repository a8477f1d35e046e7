#include "stt/audio.hpp"

#include "stt/sound_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>

namespace srs::stt {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are written as they lie");

constexpr Millis kFrame{20};
constexpr std::size_t kQuietFrames = 15;  // 300 ms
constexpr std::size_t kBlock = 16'384;    // frames read at once

// Loudness of every 20 ms of each channel: dBFS, from -127 to 0.
using Levels = std::vector<std::vector<std::int8_t>>;

std::int8_t decibels(double sum_of_squares, std::size_t samples) {
  const double rms =
      std::sqrt(sum_of_squares / static_cast<double>(std::max<std::size_t>(samples, 1)));
  const double db = rms <= 0 ? -127 : 20 * std::log10(rms / 32768);
  return static_cast<std::int8_t>(std::clamp(db, -127.0, 0.0));
}

Levels measure(SNDFILE* file, const SF_INFO& info) {
  const auto channels = static_cast<std::size_t>(info.channels);
  const auto frame = static_cast<std::size_t>(info.samplerate) * kFrame.count() / 1000;
  std::vector<std::int16_t> block(frame * channels);
  Levels levels(channels);
  for (;;) {
    const auto got = sf_readf_short(file, block.data(), static_cast<sf_count_t>(frame));
    if (got <= 0) return levels;
    for (std::size_t c = 0; c < channels; ++c) {
      double sum = 0;
      for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
        const double sample = block[i * channels + c];
        sum += sample * sample;
      }
      levels[c].push_back(decibels(sum, static_cast<std::size_t>(got)));
    }
  }
}

// The loudest of the channels at each moment.
std::vector<std::int8_t> loudest(const Levels& levels, const std::vector<unsigned>& channels) {
  std::vector<std::int8_t> out(levels.empty() ? 0 : levels[0].size(), -127);
  for (const auto channel : channels)
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], levels[channel][i]);
  return out;
}

Millis time_of(std::size_t frame) {
  return kFrame * static_cast<std::int64_t>(frame);
}

std::size_t frame_of(Millis time) {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, time / kFrame));
}

// The middle of the quietest 300 ms in [from, to).
Millis quietest(const std::vector<std::int8_t>& levels, std::size_t from, std::size_t to) {
  long best = 1;
  std::size_t at = to;
  for (std::size_t i = from; i + kQuietFrames <= to; ++i) {
    long sum = 0;
    for (std::size_t k = 0; k < kQuietFrames; ++k) sum += levels[i + k];
    // The later of two equals: longer pieces cost fewer requests.
    if (sum <= best) {
      best = sum;
      at = i + kQuietFrames / 2;
    }
  }
  return time_of(at);
}

bool is_silent(const std::vector<std::int8_t>& levels, Millis begin, Millis end, int threshold) {
  const auto first = std::min(frame_of(begin), levels.size());
  const auto last = std::min(frame_of(end) + 1, levels.size());
  return std::all_of(levels.begin() + static_cast<std::ptrdiff_t>(first),
                     levels.begin() + static_cast<std::ptrdiff_t>(last),
                     [&](std::int8_t level) { return level < threshold; });
}

void cut(std::vector<Piece>& pieces, const std::vector<unsigned>& channels,
         const std::vector<std::int8_t>& levels, Millis duration, const PieceOptions& options) {
  const auto half = options.overlap / 2;
  for (Millis from{0}; from < duration;) {
    const bool last = duration - from <= options.length;
    const auto to = last ? duration
                         : quietest(levels, frame_of(from + options.length * 7 / 10),
                                    frame_of(from + options.length));
    Piece piece{channels, std::max(Millis(0), from - half), std::min(duration, to + half), from,
                to};
    piece.silent = is_silent(levels, piece.begin, piece.end, options.silence_db);
    pieces.push_back(std::move(piece));
    from = to;
  }
}

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

PieceOptions within(PieceOptions options, const AudioFormat& format, std::size_t channels,
                    Millis longest, std::uint64_t largest) {
  constexpr Millis kShortest{1000};
  const auto per_second = std::max<std::uint64_t>(1, format.sample_rate * 2 * channels);
  const auto samples = largest - std::min<std::uint64_t>(largest, kWavHeader);
  const Millis by_size(static_cast<std::int64_t>(samples * 1000 / per_second));
  const auto most = std::min(longest, by_size) - options.overlap;
  options.length = std::max(kShortest, std::min(options.length, most));
  return options;
}

Result<std::vector<Piece>> plan_pieces(const std::filesystem::path& audio,
                                       const std::vector<unsigned>& channels,
                                       const PieceOptions& options, bool together) {
  SF_INFO info{};
  auto file = open_sound(audio, info);
  if (!file) return file.error();
  for (const auto channel : channels)
    if (channel >= static_cast<unsigned>(info.channels))
      return Error{audio.string(), " has no channel ", std::to_string(channel)};
  const auto levels = measure(file->get(), info);
  const auto duration = Millis(info.frames * 1000 / info.samplerate);
  std::vector<Piece> pieces;
  if (together && !channels.empty()) {
    cut(pieces, channels, loudest(levels, channels), duration, options);
  } else {
    for (const auto channel : channels) cut(pieces, {channel}, levels[channel], duration, options);
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.from < b.from; });
  return pieces;
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
