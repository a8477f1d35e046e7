#include "recording/files/media_index.hpp"

#include <algorithm>

namespace srs::recording {
namespace {

// A real stream has a handful of sources in hours; this many is somebody's mischief.
constexpr std::size_t kMaxSources = 100'000;
constexpr std::uint64_t kMaxPackets = 16'000'000;  // of one stream: 8 hours at 500 a second
constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::int64_t kShortest = kNanoseconds / 500;  // below, it is no packet's sound
constexpr std::int64_t kLongest = kNanoseconds / 5;     // above, it is a pause

class Indexer {
 public:
  Indexer(Bytes capture, const Document& document, WallTime latest)
      : capture_(capture), started_(document.started_at), latest_(latest - started_) {
    for (const auto& entry : document.streams) {
      index_.streams.emplace_back(entry);
      by_port_[entry.local_port].push_back(
          {std::chrono::milliseconds(entry.opened_at_ms.value_or(0)), &index_.streams.back()});
    }
  }

  MediaIndex run() {
    PcapngReader reader(capture_);
    while (const auto record = reader.next()) add(*record);
    index_.damaged = reader.damaged();
    index_.readable = reader.position();
    return std::move(index_);
  }

 private:
  struct Owner {
    std::chrono::milliseconds since;
    MediaStream* stream;
  };

  // Several streams may have had the port, one after the other. What was still in the socket when
  // one closed came before the next opened.
  MediaStream* owner(std::uint16_t port, WallTime arrival) const {
    const auto owners = by_port_.find(port);
    if (owners == by_port_.end()) return nullptr;
    auto* stream = owners->second.front().stream;
    const auto at = std::chrono::floor<std::chrono::milliseconds>(arrival - started_);
    for (const auto& later : owners->second)
      if (later.since <= at) stream = later.stream;
    return stream;
  }

  void add(const PcapngReader::Record& record) {
    auto* stream = owner(record.udp.destination_port, record.arrival);
    if (stream == nullptr || rtp::looks_like_rtcp(record.udp.payload)) return;
    const auto parsed = rtp::parse_packet(record.udp.payload);
    if (!parsed) return;
    MediaPacket packet;
    packet.arrival =
        std::clamp(record.arrival - started_, std::chrono::nanoseconds(0), latest_).count();
    packet.offset = static_cast<std::uint64_t>(record.udp.payload.data() - capture_.data());
    packet.length = static_cast<std::uint16_t>(record.udp.payload.size());
    index_.last_arrival = std::max(index_.last_arrival, packet.arrival);
    stream->add(packet, *parsed);
  }

  Bytes capture_;
  WallTime started_;
  std::chrono::nanoseconds latest_;
  MediaIndex index_;
  // In the order of the streams, which is that of time.
  std::unordered_map<std::uint16_t, std::vector<Owner>> by_port_;
};

}  // namespace

MediaStream::MediaStream(const StreamEntry& entry) : payloads_(entry) {}

bool MediaStream::add(MediaPacket packet, const rtp::Packet& parsed) {
  packet.timestamp = parsed.header.timestamp;
  packet.payload = payloads_.meaning(parsed.header.payload_type, packet.arrival);
  packet.marker = parsed.header.marker;
  packet.empty = parsed.payload.empty();
  const auto& payload = payloads_[packet.payload];
  auto* from = source(parsed.header.ssrc);
  const auto known = from != nullptr ? from->duplicates() : 0;
  if (from == nullptr || packets_ >= kMaxPackets ||
      !from->add(packet, parsed.header.sequence, payload)) {
    ++left_out_;
    return false;
  }
  if (from->duplicates() != known) return true;
  ++packets_;
  ++received_[packet.payload];
  if (packet.empty) ++empty_[packet.payload];
  return true;
}

MediaSource* MediaStream::source(std::uint32_t ssrc) {
  const auto found = by_ssrc_.find(ssrc);
  if (found != by_ssrc_.end()) return found->second;
  if (sources_.size() >= kMaxSources) return nullptr;
  sources_.emplace_back(ssrc);
  by_ssrc_[ssrc] = &sources_.back();
  return &sources_.back();
}

std::int64_t MediaStream::packet_time() const {
  std::int64_t longest = 0;
  for (const auto& each : sources_) {
    longest = std::max(longest, recording::packet_time(each, payloads_));
  }
  return longest;
}

std::int64_t packet_time(const MediaSource& source, const MediaPayloads& payloads) {
  std::int64_t shortest = 0;
  const auto& packets = source.packets();
  for (std::size_t i = 1; i < packets.size(); ++i) {
    const auto& payload = payloads[packets[i].payload];
    if (payload.kind != MediaPayload::Kind::Audio || packets[i].payload != packets[i - 1].payload)
      continue;
    if (packets[i].sequence != packets[i - 1].sequence + 1) continue;
    const std::int64_t step = std::int64_t{packets[i].timestamp - packets[i - 1].timestamp} *
                              kNanoseconds / payload.clock_rate;
    if (step < kShortest || step > kLongest) continue;
    shortest = shortest == 0 ? step : std::min(shortest, step);
  }
  return shortest;
}

MediaIndex index_media(Bytes capture, const Document& document, WallTime latest) {
  return Indexer(capture, document, latest).run();
}

}  // namespace srs::recording
