#include "recording/files/media_payloads.hpp"

#include <srs/codec/decoder.hpp>
#include <srs/util/text.hpp>

namespace srs::recording {
namespace {

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
  MediaPayload payload{kind_of(entry), entry.encoding, entry.clock_rate, entry.channels, 0};
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

MediaPayloads::MediaPayloads(const std::vector<PayloadEntry>& offered) {
  for (const auto& entry : static_types()) types_[entry.type] = read(entry);
  for (const auto& entry : offered) {
    if (entry.type < types_.size() && !entry.encoding.empty()) types_[entry.type] = read(entry);
  }
}

}  // namespace srs::recording
