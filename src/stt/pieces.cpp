// Where the audio is cut.
#include "stt/audio.hpp"
#include "stt/sound_file.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace srs::stt {
namespace {

constexpr Millis kFrame{20};
constexpr std::size_t kQuietFrames = 15;  // 300 ms

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

// Audio between two cuts, the outer ones among them.
struct Stretch {
  Millis from{0};
  Millis to{0};
};

void cut(std::vector<Piece>& pieces, const std::vector<unsigned>& channels,
         const std::vector<std::int8_t>& levels, Millis duration, const PieceOptions& options,
         Stretch stretch) {
  const auto half = options.overlap / 2;
  for (auto from = stretch.from; from < stretch.to;) {
    const bool last = stretch.to - from <= options.length;
    const auto to = last ? stretch.to
                         : quietest(levels, frame_of(from + options.length * 7 / 10),
                                    frame_of(from + options.length));
    Piece piece{channels, std::max(Millis(0), from - half), std::min(duration, to + half), from,
                to};
    piece.silent = is_silent(levels, piece.begin, piece.end, options.silence_db);
    pieces.push_back(std::move(piece));
    from = to;
  }
}

// What is known of a file whose channels are to be cut.
struct Measured {
  Levels levels;
  Millis duration{0};
};

Result<Measured> measure(const std::filesystem::path& audio,
                         const std::vector<unsigned>& channels) {
  SF_INFO info{};
  auto file = open_sound(audio, info);
  if (!file) return file.error();
  for (const auto channel : channels)
    if (channel >= static_cast<unsigned>(info.channels))
      return Error{audio.string(), " has no channel ", std::to_string(channel)};
  return Measured{measure(file->get(), info), Millis(info.frames * 1000 / info.samplerate)};
}

void cut(std::vector<Piece>& pieces, const std::vector<unsigned>& channels,
         const Measured& measured, const PieceOptions& options, bool together, Stretch stretch) {
  const auto& [levels, duration] = measured;
  if (together && !channels.empty())
    return cut(pieces, channels, loudest(levels, channels), duration, options, stretch);
  for (const auto channel : channels)
    cut(pieces, {channel}, levels[channel], duration, options, stretch);
}

void sort_by_time(std::vector<Piece>& pieces) {
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.from < b.from; });
}

}  // namespace

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
  const auto measured = measure(audio, channels);
  if (!measured) return measured.error();
  std::vector<Piece> pieces;
  cut(pieces, channels, *measured, options, together, {Millis(0), measured->duration});
  sort_by_time(pieces);
  return pieces;
}

Result<std::vector<Piece>> cut_again(const std::filesystem::path& audio,
                                     const std::vector<Piece>& pieces, const PieceOptions& options,
                                     bool together) {
  std::vector<unsigned> channels;
  for (const auto& piece : pieces)
    channels.insert(channels.end(), piece.channels.begin(), piece.channels.end());
  const auto measured = measure(audio, channels);
  if (!measured) return measured.error();
  std::vector<Piece> made;
  for (const auto& piece : pieces)
    cut(made, piece.channels, *measured, options, together,
        {piece.from, std::min(piece.to, measured->duration)});
  sort_by_time(made);
  return made;
}

}  // namespace srs::stt
