#include "recording/files/media_source.hpp"

#include <algorithm>
#include <cmath>

namespace srs::recording {
namespace {

constexpr double kRate = 500;  // packets a second; sound in 2.5 ms packets has 400
constexpr double kBurst = 5000;
constexpr std::uint64_t kCycle = 65'536;
constexpr std::int64_t kLatest = 2'000'000'000;  // ns: what comes later is no late packet any more

}  // namespace

bool MediaSource::add(MediaPacket packet, std::uint16_t sequence, const MediaPayload& payload) {
  if (!admit(packet.arrival)) return false;
  if (is_duplicate(packet, sequence)) {
    ++duplicates_;
    return true;
  }
  packet.sequence = extend(packet, sequence, payload.clock_rate);
  insert(packet);
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

// A sender that begins again may use its numbers and timestamps a second time, but not so soon.
bool MediaSource::is_duplicate(const MediaPacket& packet, std::uint16_t sequence) const {
  if (packets_.empty() || sequence == static_cast<std::uint16_t>(highest_ + 1)) return false;
  const auto looked_at = std::min<std::size_t>(packets_.size(), kMaxMisorder);
  return std::any_of(packets_.rbegin(), packets_.rbegin() + static_cast<std::ptrdiff_t>(looked_at),
                     [&](const MediaPacket& known) {
                       return static_cast<std::uint16_t>(known.sequence) == sequence &&
                              known.timestamp == packet.timestamp &&
                              packet.arrival - known.arrival <= kLatest;
                     });
}

std::uint64_t MediaSource::extend(const MediaPacket& packet, std::uint16_t sequence,
                                  std::uint32_t clock_rate) {
  if (highest_ == 0) return highest_ = kCycle + sequence;
  const int step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
  const auto extended = highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(step));
  if (step <= 0 && step >= -kMaxMisorder && is_late(packet, extended, clock_rate)) return extended;
  if (step <= 0 || step > static_cast<int>(kMaxDropout) || was_stray(sequence)) {
    // A new beginning stands behind everything so far, too far away to look like loss.
    before_ = highest_;
    return highest_ = ((highest_ + 2 * kCycle) & ~(kCycle - 1)) | sequence;
  }
  before_.reset();
  return highest_ = extended;
}

// Its place is free, and neither arrival nor timestamp lies far from the next packet's: otherwise
// the sender has begun again.
bool MediaSource::is_late(const MediaPacket& packet, std::uint64_t sequence,
                          std::uint32_t clock_rate) const {
  auto next = packets_.end();
  while (next != packets_.begin() && (next - 1)->sequence > sequence) --next;
  const bool taken = next != packets_.begin() && (next - 1)->sequence == sequence;
  if (taken || next == packets_.end()) return false;
  const std::int64_t ticks = static_cast<std::int32_t>(next->timestamp - packet.timestamp);
  const std::int64_t ahead = ticks * 1'000'000'000 / clock_rate;  // the next one's clock
  // Behind it only where the next is a telephone event, whose timestamp is that of its beginning.
  return ahead >= -kLatest &&
         packet.arrival - next->arrival + std::max<std::int64_t>(ahead, 0) <= kLatest;
}

// One packet alone seemed a new beginning, and now those before it go on.
bool MediaSource::was_stray(std::uint16_t sequence) const {
  if (!before_ || sequence == static_cast<std::uint16_t>(highest_ + 1)) return false;
  const int step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - *before_));
  return step > 0 && step <= kMaxMisorder;
}

// Packets come nearly sorted, and never further back than kMaxMisorder.
void MediaSource::insert(const MediaPacket& packet) {
  auto place = packets_.end();
  while (place != packets_.begin() && (place - 1)->sequence > packet.sequence) --place;
  if (packets_.empty()) first_arrival_ = packet.arrival;
  packets_.insert(place, packet);
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
