#include "app/siprec_call/audio.hpp"

#include <srs/codec/decoder.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace srs::call {
namespace {

constexpr std::chrono::milliseconds kToneLength{10000};
constexpr double kToneLevel = 8192;

// Rounds the edges of the tone's gaps, which would click otherwise.
double envelope(double second) {
  constexpr double kOn = 0.9;
  constexpr double kEdge = 0.01;
  const double at = second - std::floor(second);
  if (at >= kOn) return 0;
  return std::clamp(std::min(at, kOn - at) / kEdge, 0.0, 1.0);
}

Samples mix(const std::vector<Samples>& channels) {
  Samples mixed(channels.front().size());
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    std::int64_t sum = 0;
    for (const auto& channel : channels) sum += channel[i];
    mixed[i] = static_cast<std::int16_t>(sum / static_cast<std::int64_t>(channels.size()));
  }
  return mixed;
}

Result<std::vector<Samples>> load_legs(const Options& options) {
  std::vector<Samples> legs;
  for (const auto& file : options.audio) {
    auto channels = read_channels(file);
    if (!channels) return channels.error();
    if (options.audio.size() == 1) return channels;
    legs.push_back(channels->size() == 1 ? std::move(channels->front()) : mix(*channels));
  }
  if (!legs.empty()) return legs;
  for (std::size_t leg = 0; leg < options.legs; ++leg) legs.push_back(tone(leg, kToneLength));
  return legs;
}

}  // namespace

Samples tone(std::size_t leg, std::chrono::milliseconds length) {
  const double pitch = 400.0 + 300.0 * static_cast<double>(leg % 10);  // Hz
  Samples samples(static_cast<std::size_t>(length.count()) * kSampleRate / 1000);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double second = static_cast<double>(i) / kSampleRate;
    samples[i] = static_cast<std::int16_t>(kToneLevel * envelope(second) *
                                           std::sin(2 * std::numbers::pi * pitch * second));
  }
  return samples;
}

std::vector<std::uint8_t> encode(std::span<const std::int16_t> samples, Codec codec) {
  std::vector<std::uint8_t> encoded(samples.size());
  std::transform(samples.begin(), samples.end(), encoded.begin(),
                 codec == Codec::Pcmu ? codec::linear_to_ulaw : codec::linear_to_alaw);
  return encoded;
}

Voice::Voice(std::span<const std::int16_t> samples, Codec codec, bool repeat) : repeat_(repeat) {
  Samples whole(samples.begin(), samples.end());
  const auto frames = std::max<std::size_t>(1, (whole.size() + kFrameSamples - 1) / kFrameSamples);
  whole.resize(frames * kFrameSamples, 0);
  encoded_ = std::make_shared<const std::vector<std::uint8_t>>(encode(whole, codec));
}

Bytes Voice::frame(std::uint64_t index) const {
  if (repeat_) index %= frames();
  if (index >= frames()) return {};
  return Bytes(*encoded_).subspan(index * kFrameSamples, kFrameSamples);
}

Result<std::vector<Voice>> load_voices(const Options& options) {
  auto legs = load_legs(options);
  if (!legs) return legs.error();
  std::size_t longest = 0;
  for (const auto& leg : *legs) longest = std::max(longest, leg.size());
  std::vector<Voice> voices;
  for (auto& leg : *legs) {
    leg.resize(longest, 0);  // so that the legs stay aligned where they are repeated
    voices.emplace_back(leg, options.codec, options.duration.has_value());
  }
  return voices;
}

}  // namespace srs::call
