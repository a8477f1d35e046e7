#include "recording/files/dtmf.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxEvents = 1000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

// RFC 4733 §3.2, table 3.
std::string name_of(std::uint8_t code) {
  constexpr std::string_view kDigits = "0123456789*#ABCD";
  if (code < kDigits.size()) return std::string(1, kDigits[code]);
  return std::to_string(code);
}

}  // namespace

void DtmfReader::add(const rtp::Packet& packet, std::int64_t arrival, std::uint32_t clock_rate) {
  if (packet.payload.size() < 4) return;  // RFC 4733 §2.3
  Event event{packet.payload[0],
              packet.header.timestamp,
              packet.header.timestamp,
              read_u16(packet.payload, 2),
              (packet.payload[1] & 0x80) != 0,
              0,
              clock_rate};
  event.at = std::max<std::int64_t>(arrival - event.ticks * kSecond / clock_rate, 0);
  if (current_ && goes_on(event, packet.header.marker)) {
    const auto since_start =
        static_cast<std::int64_t>(event.segment - current_->start) + event.ticks;
    current_->ticks = std::max(current_->ticks, since_start);
    current_->segment = event.segment;
    current_->ended = current_->ended || event.ended;
    return;
  }
  finish();
  current_ = event;
}

// The same timestamp, or a longer event's next segment (RFC 4733 §2.5.1.3): it begins where the
// last one ended. Senders that count the timestamp on with every packet look the same.
bool DtmfReader::goes_on(const Event& event, bool marker) const {
  if (event.code != current_->code) return false;
  if (event.segment == current_->segment) return true;
  const std::int64_t slack = event.clock_rate / 20;
  const auto ahead = static_cast<std::int32_t>(event.segment - current_->start);
  return !current_->ended && !marker && ahead > 0 && ahead <= current_->ticks + slack;
}

void DtmfReader::finish() {
  if (!current_ || entries_.size() >= kMaxEvents) return;
  entries_.push_back({name_of(current_->code), current_->at / kMillisecond,
                      current_->ticks * 1000 / current_->clock_rate});
  current_.reset();
}

std::vector<DtmfEntry> DtmfReader::take() {
  finish();
  return std::exchange(entries_, {});
}

}  // namespace srs::recording
