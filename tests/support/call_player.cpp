#include "support/call_player.hpp"

#include "support/wait.hpp"

#include <algorithm>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

}  // namespace

const SipText* Played::answer(std::uint32_t cseq) const {
  const auto found = std::ranges::find(answers, cseq, &SipText::cseq);
  return found == answers.end() ? nullptr : &*found;
}

CallPlayer::CallPlayer(const TimedCall& call, std::uint16_t server_port)
    : call_(call), wire_(server_port, call.tcp, call.srs, call.src) {}

void CallPlayer::acknowledge(std::uint32_t cseq) {
  for (const auto& [at, message] : call_.messages)
    if (message.method() == "ACK" && message.cseq() == cseq) wire_.send(message);
}

void CallPlayer::take(const SipText& message) {
  if (message.is_request()) {
    played_.requests.push_back(message);
    return;
  }
  if (message.status() < 200) return;
  if (message.method() == "INVITE") acknowledge(message.cseq());
  if (played_.answer(message.cseq()) == nullptr) played_.answers.push_back(message);
}

void CallPlayer::pump(Clock::time_point until) {
  for (auto left = until - Clock::now(); left > 0ns; left = until - Clock::now()) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(left);
    if (limit == 0ms) return std::this_thread::sleep_until(until);
    if (const auto message = wire_.receive(limit))
      take(*message);
    else if (wire_.closed())
      return std::this_thread::sleep_until(until);
  }
}

bool CallPlayer::pump_until_answered(std::uint32_t cseq) {
  return wait_until(
      [&] {
        pump(Clock::now() + 2ms);
        return played_.answer(cseq) != nullptr;
      },
      kSoon, 0ms);
}

void CallPlayer::send_media(const TimedDatagram& datagram) {
  if (datagram.stream >= wire_.media().size() || wire_.media()[datagram.stream].port == 0) return;
  auto socket = media_.find(datagram.source);
  if (socket == media_.end())
    socket = media_
                 .emplace(datagram.source,
                          std::pair(Socket::udp(datagram.source.host, datagram.source.port),
                                    datagram.stream))
                 .first;
  const auto port = wire_.media()[datagram.stream].port;
  socket->second.first.send_to(static_cast<std::uint16_t>(port + (datagram.rtcp ? 1 : 0)),
                               datagram.payload);
  if (!datagram.rtcp) ++played_.rtp_sent[datagram.stream];
}

void CallPlayer::count_rtcp() {
  for (const auto& [source, media] : media_)
    while (const auto bytes = media.first.receive(0ms)) {
      const auto type = bytes->size() < 8 ? 0 : static_cast<std::uint8_t>((*bytes)[1]);
      if (type >= 200 && type <= 204) ++played_.rtcp_received[media.second];  // RFC 3550 §12.1
    }
}

Played CallPlayer::play() {
  const auto& invite = call_.messages.front().message;
  wire_.send(invite);
  if (!pump_until_answered(invite.cseq()) || played_.answers.front().status() != 200)
    return played_;
  played_.rtp_sent.resize(wire_.media().size());
  played_.rtcp_received.resize(wire_.media().size());

  const auto start = Clock::now() - call_.answered;
  auto message = call_.messages.begin() + 1;
  auto datagram = call_.datagrams.begin();
  while (message != call_.messages.end() || datagram != call_.datagrams.end()) {
    const bool media = message == call_.messages.end() ||
                       (datagram != call_.datagrams.end() && datagram->at <= message->at);
    pump(start + (media ? datagram->at : message->at));
    if (media)
      send_media(*datagram++);
    else if (message->message.method() == "ACK")
      ++message;  // went with its answer
    else
      wire_.send((message++)->message);
  }
  const auto& last = call_.messages.back().message;
  played_.over = last.method() != "BYE" || pump_until_answered(last.cseq());
  count_rtcp();
  return played_;
}

}  // namespace srs::test
