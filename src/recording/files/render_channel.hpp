// One channel of audio.wav.
#pragma once

#include "recording/files/comfort_noise.hpp"
#include "recording/files/media_index.hpp"
#include "recording/files/media_player.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace srs::recording {

// Adds up a stream's sources. Sources play one after the other as a rule; where they sound at the
// same time both are heard. Stream and settings outlive it.
class RenderChannel {
 public:
  RenderChannel(const MediaStream& stream, const PlayerSettings& settings)
      : stream_(stream), settings_(settings) {}

  // Adds the frames from `begin` on to `chunk`; chunks follow one another without gaps.
  void render(std::int64_t begin, std::span<std::int32_t> chunk);

  std::int64_t end() const { return end_; }              // frame after the last one with sound
  std::int64_t concealed() const { return concealed_; }  // ns; complete after the last chunk
  std::uint64_t cut() const { return cut_; }             // likewise
  std::int64_t overlap() const { return overlap_; }      // frames with sound of two sources

 private:
  struct Playing {
    explicit Playing(MediaPlayer of) : player(std::move(of)), sound(player.next()) {}
    MediaPlayer player;
    std::optional<Sound> sound;
  };
  void start_sources(std::int64_t end);
  void play(Playing& playing, std::int64_t begin, std::span<std::int32_t> chunk);
  void add(const Sound& sound, std::int64_t begin, std::span<std::int32_t> chunk);
  void count_overlap(std::size_t from, std::size_t count);
  void retire();

  const MediaStream& stream_;
  const PlayerSettings& settings_;
  std::size_t next_source_ = 0;
  std::vector<std::unique_ptr<Playing>> playing_;
  std::vector<bool> heard_;  // frames of the chunk that have sound, where several sources play
  NoiseSource noise_;
  std::int64_t end_ = 0;
  std::int64_t concealed_ = 0;
  std::uint64_t cut_ = 0;
  std::int64_t overlap_ = 0;
};

}  // namespace srs::recording
