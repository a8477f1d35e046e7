#include "support/src_call.hpp"

#include "support/g711.hpp"
#include "support/wait.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

std::uint16_t sip_port(const ServerProcess& server, bool tcp) {
  return tcp ? server.tcp_port() : server.udp_port();
}

// RFC 3261 §8.2.6.2, with our tag where there is none.
SipText accepted(const SipText& request) {
  std::string out = "SIP/2.0 200 OK\r\n";
  for (const auto* name : {"Via", "From", "To", "Call-ID", "CSeq"})
    for (const auto value : request.headers(name))
      out += std::string(name) + ": " + std::string(value) + "\r\n";
  return SipText(out + "Content-Length: 0\r\n\r\n");
}

}  // namespace

SrcCall::SrcCall(const ServerProcess& server, bool tcp)
    : dialog_("call", tcp),
      wire_(sip_port(server, tcp), tcp, std::string(SrcDialog::kSrs),
            std::string(SrcDialog::kSrc)) {}

SipText SrcCall::transact(const SipText& message) {
  wire_.send(message);
  const auto deadline = std::chrono::steady_clock::now() + kSoon;
  while (std::chrono::steady_clock::now() < deadline && !wire_.closed()) {
    auto answer = wire_.receive(100ms);
    if (answer && answer->status() >= 200 && answer->cseq() == message.cseq() &&
        answer->method() == message.method())
      return *std::move(answer);
  }
  return SipText("SIP/2.0 000 No answer came\r\n\r\n");
}

SipText SrcCall::invite(const Body& body) {
  return invite(dialog_.invite(body));
}

SipText SrcCall::invite(const SipText& message, bool acknowledge) {
  auto answer = transact(message);
  if (acknowledge) wire_.send(dialog_.ack(message));
  return answer;
}

SipText SrcCall::request(std::string_view method, const Body& body) {
  return transact(dialog_.request(method, body));
}

std::optional<SipText> SrcCall::server_request(std::string_view method,
                                               std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    auto message = wire_.receive(100ms);
    if (!message || !message->is_request()) continue;
    wire_.send_as_it_is(accepted(*message).bytes());
    if (message->method() == method) return message;
  }
  return std::nullopt;
}

void SrcCall::send_rtp(std::size_t stream, std::string_view packet) {
  while (media_.size() <= stream) media_.push_back(Socket::udp(kLoopback));
  media_[stream].send_to(port(stream), packet);
}

void SrcCall::send_packets(std::size_t stream, RtpSource& source, int count) {
  for (int i = 0; i < count; ++i)
    send_rtp(stream, source.next(std::string(RtpSource::kSamples, '\xD5')));
}

void SrcCall::speak(std::size_t stream, RtpSource& source, const std::vector<float>& voice,
                    std::size_t from, int count) {
  auto due = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i, due += 20ms) {
    std::string payload;
    for (std::uint32_t k = 0; k < RtpSource::kSamples; ++k, ++from)
      payload += static_cast<char>(encode_ulaw(from < voice.size() ? voice[from] : 0));
    std::this_thread::sleep_until(due);
    send_rtp(stream, source.next(payload));
  }
}

std::vector<OfferedStream> two_legs() {
  OfferedStream alice, bob;
  bob.label = "2";
  bob.aor = "sip:bob@example.net";
  bob.name = "Bob";
  bob.port = 40002;
  return {alice, bob};
}

std::string whole_call(const ServerProcess& server, int packets) {
  SrcCall call(server);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, packets);
  EXPECT_EQ(call.bye().status(), 200);
  return call.call_id();
}

}  // namespace srs::test
