// Sound without gaps, on its way to the file's sample rate.
#pragma once

#include "recording/files/media_resampler.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace srs::recording {

// A stretch of one channel.
struct Sound {
  std::int64_t begin = 0;  // frame of the file
  std::int64_t frames = 0;
  std::vector<std::int16_t> samples;  // `frames` of them; none: noise
  double noise = 0;                   // its root mean square in samples
};

// Nanoseconds as whole samples or frames of `rate`, rounded, and back.
std::int64_t to_samples(std::int64_t ns, std::int64_t rate);
std::int64_t to_nanoseconds(std::int64_t samples, std::int64_t rate);

// One source's sound as a row of runs: each begins at a frame and goes on without gaps. What is
// ready comes out as Sounds in the order of time that never overlap.
class SoundRun {
 public:
  explicit SoundRun(std::uint32_t file_rate) : file_rate_(file_rate) {}

  // Ends the run; the next one begins at `frame`, or at the end of this one where that is later.
  // `rate` is the sample rate of what will be fed; 0: not known yet.
  void begin(std::int64_t frame, std::uint32_t rate);
  void feed(std::span<const std::int16_t> samples);
  // Hands out all that was fed.
  void end();
  // Ends the run and fills up to `frame` with noise.
  void fill(std::int64_t frame, double noise);

  std::uint32_t rate() const { return rate_; }
  // Where the sound fed so far ends, ns.
  std::int64_t cursor() const;

  std::deque<Sound>& ready() { return ready_; }

 private:
  void hand_out(std::size_t at_least);

  const std::uint32_t file_rate_;
  std::uint32_t rate_ = 0;
  std::int64_t begin_ = 0;                     // frame of the file
  std::int64_t fed_ = 0;                       // samples of rate_
  std::int64_t given_ = 0;                     // frames of the file, pending ones included
  std::unique_ptr<MediaResampler> resampler_;  // where the rates differ
  std::vector<std::int16_t> pending_;          // the last frames, not handed out yet
  std::deque<Sound> ready_;
};

}  // namespace srs::recording
