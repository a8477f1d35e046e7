// The audio of the legs: from files or made up.
#pragma once

#include "app/siprec_call/options.hpp"

#include <srs/util/bytes.hpp>
#include <srs/util/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace srs::call {

inline constexpr std::uint32_t kSampleRate = 8000;  // Hz
inline constexpr std::size_t kFrameSamples = 160;   // 20 ms
inline constexpr std::chrono::milliseconds kFrame{20};

// Mono, kSampleRate, 16 bit.
using Samples = std::vector<std::int16_t>;

// The channels of an audio file (WAV and whatever else libsndfile reads), resampled where needed.
// Fails where it can't be read, is empty or longer than four hours.
Result<std::vector<Samples>> read_channels(const std::filesystem::path& file);

// A tone of its own pitch for each leg, interrupted every second, at a quarter of full scale.
Samples tone(std::size_t leg, std::chrono::milliseconds length);

std::vector<std::uint8_t> encode(std::span<const std::int16_t> samples, Codec codec);

// One leg's encoded audio in frames of 20 ms. Immutable and cheap to copy; used by any thread.
class Voice {
 public:
  // The last frame is filled up with silence. `repeat`: begins anew at its end, for ever.
  Voice(std::span<const std::int16_t> samples, Codec codec, bool repeat);

  std::uint64_t frames() const { return encoded_->size() / kFrameSamples; }
  // The bytes of one frame; empty beyond the end.
  Bytes frame(std::uint64_t index) const;

 private:
  std::shared_ptr<const std::vector<std::uint8_t>> encoded_;
  bool repeat_;
};

// The voices that `options` ask for, all of the same length.
Result<std::vector<Voice>> load_voices(const Options& options);

}  // namespace srs::call
