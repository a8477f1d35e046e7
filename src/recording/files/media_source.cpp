#include "recording/files/media_source.hpp"

#include <algorithm>
#include <cmath>

namespace srs::recording {
namespace {

constexpr double kRate = 500;  // packets a second; sound in 2.5 ms packets has 400
constexpr double kBurst = 5000;
constexpr std::uint64_t kCycle = 65'536;

}  // namespace

bool MediaSource::add(MediaPacket packet, std::uint16_t sequence, const MediaPayload& payload) {
  if (!admit(packet.arrival)) return false;
  packet.sequence = extend(sequence);
  if (!insert(packet)) {
    ++duplicates_;
    return true;
  }
  const bool sound = payload.has_sound() || payload.kind == MediaPayload::Kind::Undecodable;
  if (sound && !packet.empty) {
    update_jitter(packet, payload);
  }
  return true;
}

bool MediaSource::admit(std::int64_t arrival) {
  const double elapsed =
      static_cast<double>(std::max<std::int64_t>(arrival - allowed_at_, 0)) * 1e-9;
  allowance_ = std::min(kBurst, allowance_ + elapsed * kRate);
  allowed_at_ = std::max(arrival, allowed_at_);
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

std::uint64_t MediaSource::extend(std::uint16_t sequence) {
  if (highest_ == 0) return highest_ = kCycle + sequence;
  const auto step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
  if (step > static_cast<int>(kMaxDropout) || step < -kMaxMisorder) {
    // A new beginning stands behind everything so far, too far away to look like loss.
    return highest_ = ((highest_ + 2 * kCycle) & ~(kCycle - 1)) | sequence;
  }
  const auto extended = highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(step));
  highest_ = std::max(highest_, extended);
  return extended;
}

// Packets come nearly sorted, and never further back than kMaxMisorder.
bool MediaSource::insert(const MediaPacket& packet) {
  auto place = packets_.end();
  while (place != packets_.begin() && (place - 1)->sequence > packet.sequence) --place;
  for (auto same = place; same != packets_.begin() && (same - 1)->sequence == packet.sequence;
       --same) {
    if ((same - 1)->timestamp == packet.timestamp) return false;
  }
  if (packets_.empty()) first_arrival_ = packet.arrival;
  packets_.insert(place, packet);
  return true;
}

void MediaSource::update_jitter(const MediaPacket& packet, const MediaPayload& payload) {
  if (last_clock_ == payload.clock_rate) {
    const auto sent =
        static_cast<double>(static_cast<std::int32_t>(packet.timestamp - last_timestamp_)) /
        payload.clock_rate;
    const auto transit =
        std::abs(static_cast<double>(packet.arrival - last_arrival_) * 1e-9 - sent);
    // Half a second is no jitter but a pause whose timestamps stood still, or a restart.
    if (transit < 0.5) jitter_ += (transit - jitter_) / 16;
  }
  last_clock_ = payload.clock_rate;
  last_arrival_ = packet.arrival;
  last_timestamp_ = packet.timestamp;
}

std::uint64_t MediaSource::lost() const {
  std::uint64_t lost = 0;
  for (std::size_t i = 1; i < packets_.size(); ++i) {
    const auto step = packets_[i].sequence - packets_[i - 1].sequence;
    if (step > 1 && step <= kMaxDropout) lost += step - 1;
  }
  return lost;
}

}  // namespace srs::recording
