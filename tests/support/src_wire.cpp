#include "support/src_wire.hpp"

#include <arpa/inet.h>

namespace srs::test {
namespace {

std::uint32_t host_of(const std::string& address) {
  return ntohl(::inet_addr(address.substr(0, address.find(':')).c_str()));
}

}  // namespace

SrcWire::SrcWire(std::uint16_t server_port, bool tcp, std::string srs, std::string src)
    : tcp_(tcp),
      server_port_(server_port),
      srs_(std::move(srs)),
      src_(std::move(src)),
      socket_(tcp ? Socket::tcp(host_of(src_), server_port) : Socket::udp(host_of(src_))) {}

SipText SrcWire::addressed(SipText message) const {
  message.replace_in_headers(srs_, "127.0.0.1:" + std::to_string(server_port_));
  const auto host = src_.substr(0, src_.find(':') + 1);
  if (!tcp_) message.replace_in_headers(src_, host + std::to_string(socket_.port()));
  if (in_dialog()) {
    message.set_header("To", to_);
    message.set_start_line(std::string(message.method()) + " " + contact_ + " SIP/2.0");
  }
  return message;
}

void SrcWire::send(SipText message) {
  send_as_it_is(addressed(std::move(message)).bytes());
}

void SrcWire::send_as_it_is(std::string_view bytes) {
  tcp_ ? socket_.send(bytes) : socket_.send_to(server_port_, bytes);
}

std::optional<SipText> SrcWire::receive(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (auto left = limit;; left = std::chrono::duration_cast<std::chrono::milliseconds>(
                               deadline - std::chrono::steady_clock::now())) {
    auto message = take_message(stream_);
    if (message) {
      learn(*message);
      return message;
    }
    if (closed_ || left.count() < 0) return std::nullopt;
    const auto bytes = socket_.receive(left);
    if (!bytes) return std::nullopt;
    closed_ = tcp_ && bytes->empty();
    stream_ += *bytes;  // a datagram is one whole message
  }
}

void SrcWire::learn(const SipText& message) {
  if (in_dialog() || message.method() != "INVITE" || message.status() / 100 != 2) return;
  to_ = message.header("To");
  contact_ = SipText::uri(message.header("Contact"));
  media_ = read_sdp(message.body());
}

}  // namespace srs::test
