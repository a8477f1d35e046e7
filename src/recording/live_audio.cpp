#include "recording/live_audio.hpp"

#include <algorithm>
#include <utility>

namespace srs::recording {
namespace {

using std::chrono::milliseconds;

// A sender's clock that is off by more than this from the arrival has jumped.
constexpr milliseconds kJump{500};
// More late packets than this, and none in time between them, are a sender that began again.
constexpr int kLateInRow = 4;

// The mean of all channels of each frame.
void mix_down(std::vector<std::int16_t>& samples, std::size_t channels) {
  const auto frames = samples.size() / channels;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    int sum = 0;
    for (std::size_t i = 0; i < channels; ++i) sum += samples[frame * channels + i];
    samples[frame] = static_cast<std::int16_t>(sum / static_cast<int>(channels));
  }
  samples.resize(frames);
}

std::uint32_t clock_of(const std::vector<PayloadEntry>& payloads, std::uint8_t type) {
  const auto found = std::find_if(payloads.begin(), payloads.end(),
                                  [type](const auto& payload) { return payload.type == type; });
  return found == payloads.end() || found->clock_rate == 0 ? 8000 : found->clock_rate;
}

}  // namespace

LiveAudio::LiveAudio(rtp::StreamSink& capture, WallTime started_at,
                     std::unique_ptr<LiveListener> listener)
    : capture_(capture), started_at_(started_at), listener_(std::move(listener)) {}

void LiveAudio::update(const Document& document) {
  for (const auto& stream : document.streams) {
    if (stream.closed_at_ms) continue;
    auto& channel = channels_[stream.local_port];
    // A port that another stream had before it.
    if (channel.number != stream.channel) channel = {};
    channel.number = stream.channel;
    channel.payloads = stream.payloads;
    channel.decoders.clear();
  }
  if (listener_) listener_->update(document);
}

void LiveAudio::move(const std::filesystem::path& directory) {
  if (listener_) listener_->move(directory);
}

void LiveAudio::on_datagram(std::uint16_t local_port, const rtp::Datagram& datagram) {
  capture_.on_datagram(local_port, datagram);
  if (!listener_ || datagram.rtcp_port) return;
  const auto channel = channels_.find(local_port);
  if (channel == channels_.end() || rtp::looks_like_rtcp(datagram.bytes)) return;
  if (const auto packet = rtp::parse_packet(datagram.bytes))
    hear(channel->second, *packet, datagram.arrival);
}

void LiveAudio::Channel::begin(std::uint32_t source) {
  ssrc = source;
  sequence = {};
  timestamp = {};
  anchored = false;
  late = 0;
}

// What comes late would be said twice or in the wrong place. Where nothing else comes the sender
// has begun again with lower numbers.
bool LiveAudio::Channel::in_time(std::uint16_t next) {
  const auto before = sequence.highest();
  const auto extended = sequence.extend(next);
  if (!before || extended > *before) {
    late = 0;
    return true;
  }
  if (++late <= kLateInRow) return false;
  begin(*ssrc);
  sequence.extend(next);
  return true;
}

void LiveAudio::hear(Channel& channel, const rtp::Packet& packet, WallTime arrival) {
  if (channel.ssrc != packet.header.ssrc) channel.begin(packet.header.ssrc);
  if (!channel.in_time(packet.header.sequence)) return;
  auto* decoder = decoder_of(channel, packet.header.payload_type);
  if (decoder == nullptr) return;
  samples_.clear();
  decoder->decode(packet.payload, samples_);
  if (decoder->channels() > 1) mix_down(samples_, decoder->channels());
  const auto clock = clock_of(channel.payloads, packet.header.payload_type);
  const auto at = place(channel, packet.header.timestamp, clock, arrival);
  if (!samples_.empty()) listener_->hear(channel.number, decoder->sample_rate(), at, samples_);
}

codec::Decoder* LiveAudio::decoder_of(Channel& channel, std::uint8_t type) const {
  const auto known = channel.decoders.find(type);
  if (known != channel.decoders.end()) return known->second.get();
  auto& decoder = channel.decoders[type];
  for (const auto& payload : channel.payloads) {
    if (payload.type != type) continue;
    decoder = codec::make_decoder(payload.encoding, payload.clock_rate, payload.channels);
    break;
  }
  return decoder.get();
}

milliseconds LiveAudio::place(Channel& channel, std::uint32_t timestamp, std::uint32_t clock,
                              WallTime arrival) const {
  const auto arrived = std::chrono::duration_cast<milliseconds>(arrival - started_at_);
  const auto extended = channel.timestamp.extend(timestamp);
  const auto ticks = static_cast<std::int64_t>(extended - channel.anchor_timestamp);
  auto at = channel.anchor + milliseconds(ticks * 1000 / static_cast<std::int64_t>(clock));
  if (!channel.anchored || std::chrono::abs(at - arrived) > kJump) {
    channel.anchored = true;
    channel.anchor_timestamp = extended;
    channel.anchor = at = std::max(arrived, milliseconds(0));
  }
  return at;
}

void LiveAudio::end() {
  if (listener_) listener_->end();
}

}  // namespace srs::recording
