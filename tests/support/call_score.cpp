#include "support/call_score.hpp"

#include "support/g711.hpp"

#include <algorithm>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPacket = 20ms;
constexpr auto kAnswered = 10ms;
constexpr std::uint32_t kSrcHost = 0x7F000014;  // 127.0.0.20

// What is spoken at `at` after the first packet, coded.
std::string payload(const Samples& voice, std::chrono::milliseconds at, std::uint8_t type) {
  std::string out;
  for (std::uint32_t i = 0; i < RtpSource::kSamples; ++i) {
    const auto index = static_cast<std::size_t>(at.count() * 8) + i;
    const float sample = index < voice.size() ? voice[index] : 0;
    out += static_cast<char>(type == 0 ? encode_ulaw(sample) : encode_alaw(sample));
  }
  return out;
}

std::uint8_t event_code(char digit) {
  const std::string_view known = "0123456789*#ABCD";  // RFC 4733 §3.2
  return static_cast<std::uint8_t>(known.find(digit));
}

PcapAddress address_of(std::size_t stream) {
  return {kSrcHost, static_cast<std::uint16_t>(40000 + 2 * stream)};
}

}  // namespace

CallScore::CallScore(SrcDialog& dialog, bool tcp, std::vector<OfferedStream> streams)
    : dialog_(dialog), streams_(std::move(streams)), plans_(streams_.size()), tcp_(tcp) {
  offer(0ms, "sendonly");
}

void CallScore::offer(Time at, const std::string& direction) {
  for (auto& stream : streams_) stream.direction = direction;
  documents_.push_back(rs_metadata(streams_));
  auto invite = dialog_.invite(siprec_body(streams_));
  auto ack = dialog_.ack(invite);
  messages_.push_back({at, std::move(invite)});
  messages_.push_back({at + kAnswered, std::move(ack)});
}

void CallScore::speak(std::size_t stream, const Samples& voice, std::uint8_t payload_type,
                      Time first) {
  auto& plan = plans_.at(stream);
  plan.voice = voice;
  plan.payload_type = payload_type;
  plan.first = kAnswered + first;
}

void CallScore::hold(Time from, Time length) {
  hold_from_ = from;
  hold_length_ = length;
  offer(from, "inactive");
  offer(from + length, "sendonly");
}

void CallScore::dial(std::size_t stream, const std::string& digits, Time at) {
  plans_.at(stream).digits = digits;
  plans_.at(stream).digits_at = at;
}

void CallScore::disorder(std::size_t stream, std::size_t each) {
  plans_.at(stream).disorder = each;
}

// Events ride between the audio packets, as SRCs that copy both send them.
void CallScore::write_digits(std::size_t stream, RtpSource& source, Time at,
                             TimedCall& call) const {
  const auto& plan = plans_[stream];
  const auto since = at - plan.digits_at;
  const auto index = static_cast<std::size_t>(since / 200ms);
  if (since < 0ms || index >= plan.digits.size()) return;
  const auto into = since % 200ms / kPacket;  // packets since the key went down
  if (into > 6) return;
  const auto began = source.timestamp() - static_cast<std::uint32_t>(into) * RtpSource::kSamples;
  const auto duration =
      static_cast<std::uint16_t>((std::min<std::int64_t>(into, 4) + 1) * RtpSource::kSamples);
  call.datagrams.push_back(
      {at, address_of(stream), stream, false,
       source.event(event_code(plan.digits[index]), began, duration, into >= 4)});
}

void CallScore::write_stream(std::size_t stream, TimedCall& call) {
  auto& plan = plans_[stream];
  RtpSource source(plan.payload_type, 0x5EC0000 + static_cast<std::uint32_t>(stream), 65500,
                   0xFFFFF000);
  const Time length(plan.voice.size() / 8);
  std::size_t number = 0;
  for (Time spoken{0}; spoken < length; spoken += kPacket) {
    const auto at = plan.first + spoken;
    if (held(at)) {
      source.skip(RtpSource::kSamples);
      continue;
    }
    write_digits(stream, source, at, call);
    auto packet = source.next(payload(plan.voice, spoken, plan.payload_type));
    const bool late = plan.disorder > 0 && ++number % plan.disorder == 0;
    call.datagrams.push_back({at + (late ? 25ms : 0ms), address_of(stream), stream, false, packet});
    if (!late) continue;
    call.datagrams.push_back({at + 26ms, address_of(stream), stream, false, std::move(packet)});
    ++plan.duplicates;
  }
}

TimedCall CallScore::finish() {
  TimedCall call;
  call.tcp = tcp_;
  call.answered = kAnswered;
  for (std::size_t i = 0; i < plans_.size(); ++i) write_stream(i, call);
  std::ranges::stable_sort(call.datagrams, {}, &TimedDatagram::at);
  const auto last =
      call.datagrams.empty() ? std::chrono::nanoseconds(1s) : call.datagrams.back().at;
  call.messages = std::move(messages_);
  call.messages.push_back({last + 40ms, dialog_.request("BYE")});
  return call;
}

}  // namespace srs::test
