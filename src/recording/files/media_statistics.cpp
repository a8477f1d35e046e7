#include "recording/files/media_statistics.hpp"

#include "recording/files/dtmf.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxSsrcs = 100;
constexpr std::int64_t kMillisecond = 1'000'000;

using Kind = MediaPayload::Kind;

std::vector<DtmfEntry> digits_of(const MediaStream& stream, Bytes capture) {
  std::vector<DtmfEntry> digits;
  for (const auto& source : stream.sources()) {
    DtmfReader reader;
    for (const auto& packet : source.packets()) {
      const auto& payload = stream.payloads()[packet.payload];
      if (payload.kind != Kind::Event) continue;
      const auto parsed = rtp::parse_packet(capture.subspan(packet.offset, packet.length));
      if (parsed) reader.add(*parsed, packet.arrival, payload.clock_rate);
    }
    auto more = reader.take();
    std::move(more.begin(), more.end(), std::back_inserter(digits));
  }
  std::stable_sort(digits.begin(), digits.end(),
                   [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  return digits;
}

std::vector<std::uint8_t> meanings(const MediaStream& stream) {
  std::vector<std::uint8_t> all(stream.payloads().size());
  std::iota(all.begin(), all.end(), std::uint8_t{0});
  return all;
}

// The encoding of most packets; events and noise are nobody's codec.
std::string codec_of(const MediaStream& stream) {
  std::uint64_t most = 0;
  std::string codec;
  for (const auto meaning : meanings(stream)) {
    const auto& payload = stream.payloads()[meaning];
    const bool sound = payload.kind == Kind::Audio || payload.kind == Kind::Undecodable;
    if (!sound || stream.received(meaning) <= most) continue;
    most = stream.received(meaning);
    codec = payload.encoding;
  }
  return codec;
}

void count(StreamEntry& entry, const MediaStream& stream) {
  entry.ssrcs.clear();
  entry.packets_lost = entry.packets_duplicate = 0;
  for (const auto& source : stream.sources()) {
    if (entry.ssrcs.size() < kMaxSsrcs) entry.ssrcs.push_back(source.ssrc());
    entry.packets_lost += source.lost();
    entry.packets_duplicate += source.duplicates();
    if (source.jitter_seconds() > 0) {
      entry.jitter_ms = std::round(source.jitter_seconds() * 1e6) / 1e3;
    }
  }
  entry.packets_received = stream.received() + stream.left_out();
}

// A type that an offer may have named all the same: without its rtpmap it means nothing.
std::string unknown_type(const StreamEntry& entry, std::uint8_t type) {
  const bool named = std::any_of(entry.payloads.begin(), entry.payloads.end(),
                                 [type](const PayloadEntry& each) { return each.type == type; });
  return "payload type " + std::to_string(type) +
         (named ? ", which the offer named without an a=rtpmap line," : ", which no offer named,");
}

std::uint64_t warn_of_type(Document& document, std::size_t number, const MediaStream& stream,
                           std::uint8_t meaning) {
  const auto& payload = stream.payloads()[meaning];
  std::uint64_t packets = stream.received(meaning);
  if (payload.kind == Kind::Unknown) packets -= stream.empty_packets(meaning);
  const bool silent = payload.kind == Kind::Unknown || payload.kind == Kind::Undecodable;
  if (packets == 0 || !silent) return 0;
  const auto what = payload.kind == Kind::Unknown
                        ? unknown_type(document.streams[number], payload.type)
                        : payload.encoding + "/" + std::to_string(payload.clock_rate);
  document.warn(stream_name(document, number) + ": " + std::to_string(packets) + " packets of " +
                what + " can't be decoded: silent in audio.wav, kept in capture.pcapng");
  return packets;
}

void warn_of_channels(Document& document, const std::string& name, const MediaStream& stream) {
  for (const auto meaning : meanings(stream)) {
    const auto& payload = stream.payloads()[meaning];
    if (stream.received(meaning) == 0 || payload.kind != Kind::Audio || payload.channels < 2)
      continue;
    document.warn(name + ": " + payload.encoding + " of " + std::to_string(payload.channels) +
                  " channels is mixed down to one");
  }
}

std::uint64_t warn_of_excess(Document& document, const std::string& name,
                             const MediaStream& stream) {
  if (stream.sources().size() > kMaxSsrcs) {
    document.warn(name + ": " + std::to_string(stream.sources().size()) + " SSRCs, the first " +
                  std::to_string(kMaxSsrcs) + " are listed");
  }
  if (stream.left_out() > 0) {
    document.warn(
        name + ": " + std::to_string(stream.left_out()) +
        " packets came faster than sound can need: not in audio.wav, kept in capture.pcapng");
  }
  return stream.left_out();
}

}  // namespace

std::string stream_name(const Document& document, std::size_t number) {
  return "stream " + std::to_string(number + 1) + " (label " + document.streams[number].label + ")";
}

bool describe_stream(Document& document, std::size_t number, const MediaStream& stream,
                     Bytes capture) {
  auto& entry = document.streams[number];
  const auto name = stream_name(document, number);
  count(entry, stream);
  entry.dtmf = digits_of(stream, capture);
  if (const auto codec = codec_of(stream); !codec.empty()) entry.codec = codec;
  if (!stream.sources().empty()) {
    entry.first_packet_offset_ms = stream.sources().front().first_arrival() / kMillisecond;
  }
  std::uint64_t silent = warn_of_excess(document, name, stream);
  for (const auto meaning : meanings(stream))
    silent += warn_of_type(document, number, stream, meaning);
  warn_of_channels(document, name, stream);
  entry.packets_undecoded = silent;
  return silent > 0;
}

}  // namespace srs::recording
