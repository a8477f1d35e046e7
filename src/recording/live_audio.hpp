// The tap: a copy of what goes to the capture, as sound.
#pragma once

#include <srs/codec/decoder.hpp>
#include <srs/recording/live.hpp>
#include <srs/rtp/sequence.hpp>
#include <srs/rtp/stream.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace srs::recording {

// Hands every datagram on to the capture, first and whatever happens after. Then decodes RTP of
// codecs that it knows and tells the listener. On the io_context; `capture` outlives it.
class LiveAudio final : public rtp::StreamSink {
 public:
  LiveAudio(rtp::StreamSink& capture, WallTime started_at, std::unique_ptr<LiveListener> listener);

  // After every offer: channels and their payload types.
  void update(const Document& document);
  void move(const std::filesystem::path& directory);
  void on_datagram(std::uint16_t local_port, const rtp::Datagram& datagram) override;
  void end();

 private:
  struct Channel {
    void begin(std::uint32_t source);
    bool in_time(std::uint16_t next);  // by its sequence number

    unsigned number = 0;
    std::vector<PayloadEntry> payloads;
    std::map<std::uint8_t, std::unique_ptr<codec::Decoder>> decoders;  // null: not known
    std::optional<std::uint32_t> ssrc;
    rtp::Unwrapper<std::uint16_t> sequence;
    int late = 0;  // packets in a row
    rtp::Unwrapper<std::uint32_t> timestamp;
    std::uint64_t anchor_timestamp = 0;
    std::chrono::milliseconds anchor{0};
    bool anchored = false;
  };
  void hear(Channel& channel, const rtp::Packet& packet, WallTime arrival);
  codec::Decoder* decoder_of(Channel& channel, std::uint8_t type) const;
  // Where the packet's sound belongs; `clock` in Hz.
  std::chrono::milliseconds place(Channel& channel, std::uint32_t timestamp, std::uint32_t clock,
                                  WallTime arrival) const;

  rtp::StreamSink& capture_;
  const WallTime started_at_;
  std::unique_ptr<LiveListener> listener_;
  std::map<std::uint16_t, Channel> channels_;  // by our RTP port
  std::vector<std::int16_t> samples_;
};

}  // namespace srs::recording
