#include "recording/files/media_player.hpp"

#include "recording/files/comfort_noise.hpp"
#include "recording/files/media_index.hpp"

#include <srs/rtp/packet.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kConcealed = 60'000'000;  // ns; longer losses are silence

// The same sound in `count` samples.
void stretch(const std::vector<std::int16_t>& in, std::size_t count,
             std::vector<std::int16_t>& out) {
  out.resize(count);
  const double step =
      count > 1 ? static_cast<double>(in.size() - 1) / static_cast<double>(count - 1) : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double at = static_cast<double>(i) * step;
    const auto left = std::min(static_cast<std::size_t>(at), in.size() - 1);
    const auto right = std::min(left + 1, in.size() - 1);
    const double share = at - static_cast<double>(left);
    out[i] = static_cast<std::int16_t>(std::lround(in[left] * (1 - share) + in[right] * share));
  }
}

}  // namespace

MediaPlayer::MediaPlayer(const MediaSource& source, const MediaPayloads& payloads,
                         const PlayerSettings& settings)
    : source_(source),
      payloads_(payloads),
      settings_(settings),
      run_(settings.sample_rate),
      packet_time_(packet_time(source, payloads)) {
  std::uint64_t next = 0;
  for (const auto& packet : source_.packets()) {
    const auto& payload = payloads_[packet.payload];
    if (!payload.has_sound() || packet.empty) continue;
    timeline_.observe(packet.arrival, packet.timestamp, payload.clock_rate,
                      packet.sequence == next);
    next = packet.sequence + 1;
  }
  timeline_.settle();
}

std::optional<Sound> MediaPlayer::next() {
  auto& ready = run_.ready();
  while (ready.empty() && next_packet_ < source_.packets().size()) {
    play(source_.packets()[next_packet_++]);
    if (next_packet_ == source_.packets().size()) run_.end();
  }
  if (ready.empty()) return std::nullopt;
  auto sound = std::move(ready.front());
  ready.pop_front();
  return sound;
}

void MediaPlayer::play(const MediaPacket& packet) {
  count_loss(packet);
  const auto& payload = payloads_[packet.payload];
  if (!payload.has_sound() || packet.empty) return;
  const auto ahead = static_cast<std::int32_t>(packet.timestamp - expected_timestamp_);
  const bool same_clock = started_ && clock_rate_ == payload.clock_rate;
  const auto place = timeline_.place(packet.arrival, packet.timestamp, payload.clock_rate,
                                     same_clock && lost_ == 0 && ahead > 0);
  const std::int64_t begin = place.time + settings_.lead - packet_time_;
  if (place.new_segment) forget_history();
  if (to_frame(std::max(begin, run_.cursor())) >= settings_.limit) {
    ++cut_;
    return;
  }
  const bool joins = same_clock && ahead == 0 && !place.new_segment;
  if (!joins) bridge(begin);
  sound(packet, payload, joins ? std::optional(begin) : std::nullopt);
  started_ = true;
  lost_ = 0;
  clock_rate_ = payload.clock_rate;
}

std::int64_t MediaPlayer::to_frame(std::int64_t time) const {
  return to_samples(time, settings_.sample_rate);
}

// Whatever stands between two sounds shares their sequence numbers: telephone events are no loss.
void MediaPlayer::count_loss(const MediaPacket& packet) {
  const auto step = packet.sequence - last_sequence_;
  if (last_sequence_ != 0 && step > 1 && step <= kMaxDropout) lost_ += step - 1;
  last_sequence_ = packet.sequence;
}

Bytes MediaPlayer::payload_of(const MediaPacket& packet) const {
  const auto parsed = rtp::parse_packet(settings_.capture.subspan(packet.offset, packet.length));
  return parsed ? parsed->payload : Bytes{};
}

void MediaPlayer::sound(const MediaPacket& packet, const MediaPayload& payload,
                        std::optional<std::int64_t> joined_at) {
  expected_timestamp_ = packet.timestamp;
  const Bytes bytes = payload_of(packet);
  const bool noise = payload.kind == MediaPayload::Kind::ComfortNoise;
  noise_ = noise ? noise_level(bytes) : 0;
  if (noise) return;
  auto& codec = decoder(packet.payload, payload);
  samples_.clear();
  codec.decode(bytes, samples_);
  mix_down(codec.channels());
  if (samples_.empty()) return;
  expected_timestamp_ +=
      static_cast<std::uint32_t>(samples_.size() * payload.clock_rate / codec.sample_rate());
  if (run_.rate() != codec.sample_rate()) run_.begin(0, codec.sample_rate());
  if (joined_at) join(*joined_at);
  run_.feed(samples_);
}

codec::Decoder& MediaPlayer::decoder(std::uint8_t meaning, const MediaPayload& payload) {
  auto& known = decoders_[meaning];
  if (!known) known = codec::make_decoder(payload.encoding, payload.clock_rate, payload.channels);
  last_decoder_ = known.get();
  return *known;
}

void MediaPlayer::mix_down(std::uint8_t channels) {
  if (channels < 2) return;
  const std::size_t frames = samples_.size() / channels;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    int sum = 0;
    for (std::size_t i = 0; i < channels; ++i) sum += samples_[frame * channels + i];
    samples_[frame] = static_cast<std::int16_t>(sum / channels);
  }
  samples_.resize(frames);
}

void MediaPlayer::forget_history() {
  lost_ = 0;
  for (const auto& [meaning, codec] : decoders_) codec->reset();
}

// The packet follows the last one's sound; where the offset has moved it is made longer or shorter,
// by an eighth at most.
void MediaPlayer::join(std::int64_t begin) {
  const std::int64_t off = begin - run_.cursor();
  if (std::abs(off) * 4 < 3 * kSecond / run_.rate()) return;  // rounding
  const auto size = static_cast<std::int64_t>(samples_.size());
  const auto slip = std::clamp(to_samples(off, run_.rate()), -size / 8, size / 8);
  if (slip == 0) return;
  stretch(samples_, static_cast<std::size_t>(size + slip), stretched_);
  samples_.swap(stretched_);
}

// From the end of the last sound to `begin`: concealment, then noise or silence. Where `begin` lies
// before that end the new sound stands behind it.
void MediaPlayer::bridge(std::int64_t begin) {
  if (lost_ > 0 && noise_ == 0) conceal(begin - run_.cursor());
  const std::int64_t gap = begin - run_.cursor();
  if (gap * 4 < 3 * kSecond / settings_.sample_rate) return;
  if (noise_ > 0 && settings_.comfort_noise) run_.fill(to_frame(begin), noise_);
  run_.begin(to_frame(begin), run_.rate());
}

void MediaPlayer::conceal(std::int64_t gap) {
  const auto missing = static_cast<std::int64_t>(lost_) * packet_time_;
  const auto length = std::min({gap, missing, kConcealed});
  if (length <= 0 || last_decoder_ == nullptr) return;
  samples_.clear();
  last_decoder_->conceal(static_cast<std::size_t>(to_samples(length, run_.rate())), samples_);
  mix_down(last_decoder_->channels());
  run_.feed(samples_);
  concealed_ += length;
}

}  // namespace srs::recording
