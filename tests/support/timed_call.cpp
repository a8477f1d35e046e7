#include "support/timed_call.hpp"

#include "support/files.hpp"

#include <algorithm>
#include <stdexcept>

namespace srs::test {
namespace {

std::vector<std::filesystem::path> sip_files(const std::filesystem::path& directory,
                                             std::string_view kind) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "sip")) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".sip") && name.find(kind) != std::string::npos) out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

std::chrono::nanoseconds time_of(const std::vector<PcapPacket>& packets, const std::string& bytes,
                                 const std::filesystem::path& path) {
  const auto found = std::ranges::find(packets, bytes, &PcapPacket::payload);
  if (found == packets.end()) throw std::runtime_error(path.string() + " is not in the capture");
  return found->time;
}

// The RTP ports that the captured answer named, in the order of the m-lines.
std::vector<std::uint16_t> answered_ports(const SipText& answer) {
  std::vector<std::uint16_t> out;
  for (const auto& media : read_sdp(answer.body())) out.push_back(media.port);
  return out;
}

void read_media(const std::vector<PcapPacket>& packets, const std::vector<std::uint16_t>& ports,
                std::chrono::nanoseconds start, TimedCall& call) {
  for (const auto& packet : packets) {
    const auto rtp_port = static_cast<std::uint16_t>(packet.destination.port & ~1U);
    const auto port = std::ranges::find(ports, rtp_port);
    if (packet.tcp || port == ports.end()) continue;
    call.datagrams.push_back({packet.time - start, packet.source,
                              static_cast<std::size_t>(port - ports.begin()),
                              packet.destination.port != rtp_port, packet.payload});
  }
}

}  // namespace

std::vector<const TimedDatagram*> TimedCall::rtp(std::size_t stream) const {
  std::vector<const TimedDatagram*> out;
  for (const auto& datagram : datagrams)
    if (datagram.stream == stream && !datagram.rtcp) out.push_back(&datagram);
  return out;
}

RtpFields rtp_fields(std::string_view packet) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(packet.at(at)); };
  const auto word = [&](std::size_t at) {
    return static_cast<std::uint32_t>(byte(at)) << 24 |
           static_cast<std::uint32_t>(byte(at + 1)) << 16 |
           static_cast<std::uint32_t>(byte(at + 2)) << 8 | byte(at + 3);
  };
  return {static_cast<std::uint8_t>(byte(1) & 0x7F), static_cast<std::uint16_t>(word(0) & 0xFFFF),
          word(4), word(8), packet.substr(12)};
}

TimedCall read_captured_call(const std::filesystem::path& directory) {
  const auto packets = read_pcap(directory / "siprec.pcap");
  TimedCall call;
  std::chrono::nanoseconds start{};
  for (const auto& path : sip_files(directory, "-rx-")) {
    const auto bytes = read_file(path);
    const auto time = time_of(packets, bytes, path);
    if (call.messages.empty()) start = time;
    call.messages.push_back({time - start, SipText(bytes)});
  }
  const auto answers = sip_files(directory, "-tx-SIP_2_0_200");
  if (call.messages.empty() || answers.empty())
    throw std::runtime_error("no call in " + directory.string());
  const auto answer = read_file(answers.front());
  call.answered = time_of(packets, answer, answers.front()) - start;
  call.tcp = call.messages.front().message.header("Via").starts_with("SIP/2.0/TCP");
  read_media(packets, answered_ports(SipText(answer)), start, call);
  return call;
}

}  // namespace srs::test
