#include "recording/files/media_payloads.hpp"

#include <srs/codec/decoder.hpp>
#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::recording {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kLongestCall = 1'000'000'000'000;  // ms: a later time is damage

const std::vector<PayloadEntry>& static_types() {
  static const std::vector<PayloadEntry> types = {
      {0, "PCMU", 8000, 1, {}},   {3, "GSM", 8000, 1, {}},    {4, "G723", 8000, 1, {}},
      {5, "DVI4", 8000, 1, {}},   {6, "DVI4", 16000, 1, {}},  {7, "LPC", 8000, 1, {}},
      {8, "PCMA", 8000, 1, {}},   {9, "G722", 8000, 1, {}},   {10, "L16", 44100, 2, {}},
      {11, "L16", 44100, 1, {}},  {12, "QCELP", 8000, 1, {}}, {13, "CN", 8000, 1, {}},
      {14, "MPA", 90000, 1, {}},  {15, "G728", 8000, 1, {}},  {16, "DVI4", 11025, 1, {}},
      {17, "DVI4", 22050, 1, {}}, {18, "G729", 8000, 1, {}}};
  return types;
}

MediaPayload::Kind kind_of(const PayloadEntry& entry) {
  if (iequals(entry.encoding, "telephone-event")) return MediaPayload::Kind::Event;
  if (iequals(entry.encoding, "CN")) return MediaPayload::Kind::ComfortNoise;
  return MediaPayload::Kind::Undecodable;
}

MediaPayload read(const PayloadEntry& entry) {
  MediaPayload payload{kind_of(entry),   entry.type,     entry.encoding,
                       entry.clock_rate, entry.channels, 0};
  // A clock outside what sound has would only bend the arithmetic of time.
  if (payload.clock_rate < 1000 || payload.clock_rate > 192'000) payload.clock_rate = 8000;
  if (payload.kind != MediaPayload::Kind::Undecodable) return payload;
  const auto decoder = codec::make_decoder(entry.encoding, payload.clock_rate, entry.channels);
  if (!decoder) return payload;
  payload.kind = MediaPayload::Kind::Audio;
  payload.channels = decoder->channels();
  payload.sample_rate = decoder->sample_rate();
  return payload;
}

}  // namespace

MediaPayloads::MediaPayloads(const StreamEntry& stream) : meanings_(kTypes) {
  for (std::size_t type = 0; type < kTypes; ++type)
    meanings_[type].type = static_cast<std::uint8_t>(type);
  for (const auto& entry : static_types()) meanings_[entry.type] = read(entry);
  for (const auto& entry : stream.payloads) {
    if (entry.type < kTypes && !entry.encoding.empty()) meanings_[entry.type] = read(entry);
  }
  for (const auto& [entry, until_ms] : stream.former_payloads) {
    if (entry.type >= kTypes || meanings_.size() == kMeanings) continue;
    meanings_.push_back(read(entry));
    until_.push_back(std::clamp(until_ms, std::int64_t{0}, kLongestCall) * kMillisecond);
  }
}

std::uint8_t MediaPayloads::meaning(std::uint8_t type, std::int64_t arrival) const {
  for (std::size_t i = 0; i < until_.size(); ++i) {
    if (meanings_[kTypes + i].type == type && arrival < until_[i])
      return static_cast<std::uint8_t>(kTypes + i);
  }
  return type & 0x7F;
}

}  // namespace srs::recording
