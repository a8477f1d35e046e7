// The recording's audio, cut into pieces that a provider takes. Everything here blocks.
#pragma once

#include <srs/stt/options.hpp>
#include <srs/stt/transcript.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace srs::stt {

struct AudioFormat {
  std::uint32_t sample_rate = 0;
  unsigned channels = 0;
  std::uint64_t frames = 0;
  Millis duration() const {
    return Millis(sample_rate == 0 ? 0 : static_cast<std::int64_t>(frames * 1000 / sample_rate));
  }
};
Result<AudioFormat> read_format(const std::filesystem::path& audio);

// A stretch of the audio that is sent on its own. It reaches over into its neighbours; what is said
// within [from, to) is its own to tell.
struct Piece {
  std::vector<unsigned> channels;  // one, or all where the provider takes them together
  Millis begin{0};
  Millis end{0};
  Millis from{0};
  Millis to{0};
  bool silent = false;    // never louder than PieceOptions::silence_db
  bool replaced = false;  // by other pieces, before anybody answered
  Millis length() const { return end - begin; }
};

// The same, so that no piece of so many channels is longer than `longest`, nor its file larger than
// `largest` bytes; overlaps included.
PieceOptions within(PieceOptions options, const AudioFormat& format, std::size_t channels,
                    Millis longest, std::uint64_t largest);

// Covers the channels from start to end, in order of time. Cuts lie where it is quietest in the
// last 30 % of each length. `together`: pieces of all channels at once.
Result<std::vector<Piece>> plan_pieces(const std::filesystem::path& audio,
                                       const std::vector<unsigned>& channels,
                                       const PieceOptions& options, bool together);
// The same stretches anew.
Result<std::vector<Piece>> cut_again(const std::filesystem::path& audio,
                                     const std::vector<Piece>& pieces, const PieceOptions& options,
                                     bool together);

// What a provider gets: RIFF/WAVE, 16-bit PCM.
struct Sound {
  std::string wav;
  std::uint32_t sample_rate = 0;
  unsigned channels = 0;
  Millis length{0};
};
Result<Sound> extract(const std::filesystem::path& audio, const Piece& piece);

// The largest of them, for those who say nothing of sizes.
inline constexpr std::uint64_t kLargestSound = 2'000'000'000;

// The header of such a file with `bytes` bytes of samples after it.
std::string wav_header(std::uint32_t sample_rate, unsigned channels, std::uint32_t bytes);
inline constexpr std::size_t kWavHeader = 44;

}  // namespace srs::stt
