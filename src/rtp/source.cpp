#include "source.hpp"

#include <algorithm>

namespace srs::rtp {
namespace {

// What a receiver report's fields can tell of the last sender report's age (RFC 3550 §6.4.1).
constexpr std::chrono::seconds kLongestDelay{1 << 16};

}  // namespace

Source::Arrival Source::update(const Packet& packet, WallTime arrival, std::uint32_t clock_rate,
                               SourceStats& stats) {
  if (stats.packets == 0) stats.first_arrival = arrival;
  stats.last_arrival = arrival;
  const auto kind = sequence_.update(packet.header.sequence, packet.header.timestamp);
  if (kind == Arrival::Duplicate) {
    ++stats.duplicates;
    return kind;
  }
  if (kind == Arrival::Reordered) ++stats.reordered;
  ++stats.packets;
  stats.bytes += packet.payload.size();
  stats.expected = sequence_.expected();
  const auto transit = transit_of(packet.header.timestamp, arrival, clock_rate);
  jitter_.update(packet.header.timestamp, transit, clock_rate);
  if (lateness_.update(packet.header.timestamp, transit, clock_rate)) ++stats.late;
  stats.jitter = jitter_.value();
  stats.clock_rate = clock_rate;
  return kind;
}

// LSR is the middle 32 bits of the NTP time (RFC 3550 §6.4.1).
void Source::on_sender_report(NtpTime ntp, WallTime arrival) {
  last_sr_ = static_cast<std::uint32_t>(ntp >> 16);
  sr_arrival_ = arrival;
}

bool Source::moved(const Endpoint& from) {
  if (address_.is(from)) return false;
  const bool known = static_cast<bool>(address_);
  address_ = Address(from);
  return known;
}

bool Source::owes_report(const SourceStats& stats) const {
  return received(stats) != reported_received_;
}

// RFC 3550 §A.3. What is received includes duplicates there, so the loss may become negative.
ReportBlock Source::report(const SourceStats& stats, WallTime now) {
  const auto expected = stats.expected - reported_expected_;
  const auto got = received(stats) - reported_received_;
  reported_expected_ = stats.expected;
  reported_received_ = received(stats);

  ReportBlock block{.ssrc = stats.ssrc};
  if (expected > got)
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::uint64_t>(255, ((expected - got) << 8) / expected));
  const auto lost = static_cast<std::int64_t>(stats.expected - received(stats));
  block.cumulative_lost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7FFFFF));
  block.highest_sequence = sequence_.highest();
  block.jitter = static_cast<std::uint32_t>(stats.jitter);
  const auto delay = std::max(now - sr_arrival_, WallTime::duration::zero());
  if (last_sr_ != 0 && delay < kLongestDelay) {
    block.last_sr = last_sr_;
    block.delay_since_sr = static_cast<std::uint32_t>(delay.count() * 65536 / 1'000'000'000);
  }
  return block;
}

}  // namespace srs::rtp
