// One source's packets as sound on the wall clock.
#pragma once

#include "recording/files/media_payloads.hpp"
#include "recording/files/media_source.hpp"
#include "recording/files/sound_run.hpp"
#include "recording/files/timeline.hpp"

#include <srs/codec/decoder.hpp>
#include <srs/util/bytes.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace srs::recording {

// What all players of a file share.
struct PlayerSettings {
  Bytes capture;
  std::uint32_t sample_rate = 8000;  // of the file
  std::int64_t lead = 0;             // ns: the longest packet of all streams, so that nothing
                                     // begins before its packet could have
  std::int64_t limit = 0;            // frames: where the file ends at the latest
  bool comfort_noise = true;
};

// Decodes, conceals and places the packets (docs/recording-format.md, "How packets become sound").
// Sounds come in the order of time and don't overlap. Source, payloads and capture outlive it.
class MediaPlayer {
 public:
  MediaPlayer(const MediaSource& source, const MediaPayloads& payloads,
              const PlayerSettings& settings);

  std::optional<Sound> next();

  std::int64_t concealed() const { return concealed_; }  // ns of made-up sound so far
  std::uint64_t cut() const { return cut_; }             // packets whose sound came after the limit

 private:
  void play(const MediaPacket& packet);
  void count_loss(const MediaPacket& packet);
  Bytes payload_of(const MediaPacket& packet) const;
  // `joined_at`: its place in ns, where it follows the last sound.
  void sound(const MediaPacket& packet, const MediaPayload& payload,
             std::optional<std::int64_t> joined_at);
  codec::Decoder& decoder(std::uint8_t meaning, const MediaPayload& payload);
  void mix_down(std::uint8_t channels);
  void forget_history();

  void join(std::int64_t begin);
  void bridge(std::int64_t begin);
  void conceal(std::int64_t gap);
  std::int64_t to_frame(std::int64_t time) const;

  const MediaSource& source_;
  const MediaPayloads& payloads_;
  const PlayerSettings& settings_;
  Timeline timeline_;
  SoundRun run_;
  const std::int64_t packet_time_;  // ns
  std::size_t next_packet_ = 0;

  std::map<std::uint8_t, std::unique_ptr<codec::Decoder>> decoders_;  // by meaning
  codec::Decoder* last_decoder_ = nullptr;
  std::vector<std::int16_t> samples_;  // of the packet being played
  std::vector<std::int16_t> stretched_;

  bool started_ = false;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t lost_ = 0;  // packets missing since the last sound
  std::uint32_t expected_timestamp_ = 0;
  std::uint32_t clock_rate_ = 0;
  double noise_ = 0;  // of the comfort noise that goes on; 0: none

  std::int64_t concealed_ = 0;
  std::uint64_t cut_ = 0;
};

}  // namespace srs::recording
