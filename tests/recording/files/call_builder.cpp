#include "call_builder.hpp"

#include "recording/files/pcapng.hpp"

#include <srs/codec/decoder.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numbers>
#include <random>

namespace srs::test {

WallTime call_start() {
  return *from_rfc3339("2026-11-22T10:00:00Z");
}

rtp::Endpoint endpoint(const std::string& address, std::uint16_t port) {
  rtp::Endpoint result;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.storage, &v4, sizeof v4);
  } else if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.storage, &v6, sizeof v6);
  }
  return result;
}

std::vector<std::uint8_t> rtp_packet(const rtp::Header& header,
                                     std::span<const std::uint8_t> payload) {
  std::vector<std::uint8_t> bytes(12 + payload.size());
  bytes[0] = 0x80;
  bytes[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | header.payload_type);
  write_u16(bytes, 2, header.sequence);
  write_u32(bytes, 4, header.timestamp);
  write_u32(bytes, 8, header.ssrc);
  std::copy(payload.begin(), payload.end(), bytes.begin() + 12);
  return bytes;
}

std::vector<std::uint8_t> event_payload(std::uint8_t event, bool end, std::uint16_t duration) {
  std::vector<std::uint8_t> bytes = {event, static_cast<std::uint8_t>(end ? 0x8A : 0x0A), 0, 0};
  write_u16(bytes, 2, duration);
  return bytes;
}

void CallBuilder::add(std::uint16_t port, std::int64_t at, std::vector<std::uint8_t> datagram) {
  datagrams_.push_back({at, port, std::move(datagram)});
}

std::vector<std::uint8_t> CallBuilder::capture() const {
  std::vector<const Entry*> order;
  for (const auto& entry : datagrams_) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->at < b->at; });
  auto file = recording::pcapng::file_header();
  for (const auto* entry : order) {
    rtp::Datagram datagram{entry->bytes, endpoint("192.0.2.7", 4000),
                           call_start() + std::chrono::nanoseconds(entry->at), false};
    const auto start = file.size();
    const auto size = recording::pcapng::packet_size(datagram);
    file.resize(start + size);
    recording::pcapng::write_packet(std::span(file).subspan(start), entry->port, datagram);
  }
  return file;
}

void CallBuilder::write(const std::filesystem::path& directory) const {
  const auto bytes = capture();
  std::ofstream out(directory / recording::kCaptureFile, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

void Leg::send(std::int64_t at, std::span<const std::uint8_t> payload, std::uint32_t ticks) {
  call.add(port, at, rtp_packet(header, payload));
  lose(ticks);
  header.marker = false;
}

void Leg::lose(std::uint32_t ticks) {
  ++header.sequence;
  header.timestamp += ticks;
}

void Leg::speak(std::int64_t at, std::span<const std::int16_t> sound) {
  const bool a_law = header.payload_type == 8;
  for (std::size_t i = 0; i + 160 <= sound.size(); i += 160, at += 20 * kMs) {
    const auto samples = sound.subspan(i, 160);
    send(at, a_law ? to_alaw(samples) : to_ulaw(samples), 160);
  }
}

std::vector<std::uint8_t> to_ulaw(std::span<const std::int16_t> samples) {
  std::vector<std::uint8_t> bytes(samples.size());
  std::transform(samples.begin(), samples.end(), bytes.begin(), codec::linear_to_ulaw);
  return bytes;
}

std::vector<std::uint8_t> to_alaw(std::span<const std::int16_t> samples) {
  std::vector<std::uint8_t> bytes(samples.size());
  std::transform(samples.begin(), samples.end(), bytes.begin(), codec::linear_to_alaw);
  return bytes;
}

std::vector<std::uint8_t> to_l16(std::span<const std::int16_t> samples) {
  std::vector<std::uint8_t> bytes(samples.size() * 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    write_u16(bytes, 2 * i, static_cast<std::uint16_t>(samples[i]));
  }
  return bytes;
}

std::vector<std::int16_t> babble(std::size_t samples, std::uint32_t seed, std::uint32_t rate) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> pitch(90, 900);
  std::uniform_real_distribution<double> loud(0, 9000);
  std::normal_distribution<double> breath(0, 0.2);
  std::vector<std::int16_t> sound(samples);
  double phase = 0, frequency = 200, volume = 5000;
  for (std::size_t i = 0; i < samples; ++i) {
    if (i % (rate / 9) == 0) {
      frequency = pitch(random);
      volume = loud(random);
    }
    phase += 2 * std::numbers::pi * frequency / rate;
    sound[i] = static_cast<std::int16_t>(
        volume * (std::sin(phase) + 0.5 * std::sin(2.7 * phase) + breath(random)) / 2);
  }
  return sound;
}

recording::Document document(std::span<const std::uint16_t> ports, std::int64_t length_ms) {
  recording::Document result;
  result.recording_id = "20261122T100000-test";
  result.call_id = "test@call";
  result.started_at = call_start();
  result.ended_at = call_start() + std::chrono::milliseconds(length_ms);
  for (const auto port : ports) {
    auto& stream = result.streams.emplace_back();
    stream.label = std::to_string(10 + result.streams.size());
    stream.channel = static_cast<unsigned>(result.streams.size() - 1);
    stream.local_port = port;
    stream.payloads = {{0, "PCMU", 8000, 1, {}},
                       {8, "PCMA", 8000, 1, {}},
                       {101, "telephone-event", 8000, 1, "0-15"}};
  }
  return result;
}

}  // namespace srs::test
