#include "support/call_player.hpp"

#include "support/wait.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

std::uint32_t host_of(const std::string& address) {
  return ntohl(::inet_addr(address.substr(0, address.find(':')).c_str()));
}

Socket sip_socket(const TimedCall& call, std::uint16_t server_port) {
  const auto host = host_of(call.src);
  return call.tcp ? Socket::tcp(host, server_port) : Socket::udp(host);
}

}  // namespace

const SipText* Played::answer(std::uint32_t cseq) const {
  const auto found = std::ranges::find(answers, cseq, &SipText::cseq);
  return found == answers.end() ? nullptr : &*found;
}

CallPlayer::CallPlayer(const TimedCall& call, std::uint16_t server_port)
    : call_(call), server_port_(server_port), sip_(sip_socket(call, server_port)) {}

void CallPlayer::send(SipText message) {
  message.replace_in_headers(call_.srs, "127.0.0.1:" + std::to_string(server_port_));
  if (!call_.tcp) {
    const auto host = call_.src.substr(0, call_.src.find(':') + 1);
    message.replace_in_headers(call_.src, host + std::to_string(sip_.port()));
  }
  if (!to_.empty()) {  // within the dialog
    message.set_header("To", to_);
    message.set_start_line(std::string(message.method()) + " " + contact_ + " SIP/2.0");
  }
  call_.tcp ? sip_.send(message.bytes()) : sip_.send_to(server_port_, message.bytes());
}

void CallPlayer::acknowledge(std::uint32_t cseq) {
  for (const auto& [at, message] : call_.messages)
    if (message.method() == "ACK" && message.cseq() == cseq) send(message);
}

void CallPlayer::take(const SipText& message) {
  if (message.is_request()) {
    played_.requests.push_back(message);
    return;
  }
  if (message.status() < 200) return;
  const bool accepted_invite = message.method() == "INVITE" && message.status() < 300;
  if (accepted_invite && to_.empty()) {
    to_ = message.header("To");
    contact_ = SipText::uri(message.header("Contact"));
    ports_ = read_sdp(message.body());
  }
  if (message.method() == "INVITE") acknowledge(message.cseq());
  if (played_.answer(message.cseq()) == nullptr) played_.answers.push_back(message);
}

void CallPlayer::pump(Clock::time_point until) {
  for (auto left = until - Clock::now(); left > 0ns; left = until - Clock::now()) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(left);
    if (limit == 0ms) return std::this_thread::sleep_until(until);
    auto bytes = sip_.receive(limit);
    if (!bytes) continue;
    if (bytes->empty()) return std::this_thread::sleep_until(until);  // TCP was closed
    if (!call_.tcp)
      take(SipText(std::move(*bytes)));
    else
      stream_ += *bytes;
    while (auto message = take_message(stream_)) take(*message);
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
  if (datagram.stream >= ports_.size() || ports_[datagram.stream].port == 0) return;
  auto socket = media_.find(datagram.source);
  if (socket == media_.end())
    socket = media_
                 .emplace(datagram.source,
                          std::pair(Socket::udp(datagram.source.host, datagram.source.port),
                                    datagram.stream))
                 .first;
  const auto port = ports_[datagram.stream].port;
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
  send(invite);
  if (!pump_until_answered(invite.cseq()) || played_.answers.front().status() != 200)
    return played_;
  played_.rtp_sent.resize(ports_.size());
  played_.rtcp_received.resize(ports_.size());

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
      send((message++)->message);
  }
  const auto& last = call_.messages.back().message;
  played_.over = last.method() != "BYE" || pump_until_answered(last.cseq());
  count_rtcp();
  return played_;
}

}  // namespace srs::test
