// The SRC's SIP transport to a real server, and what it learned about the dialog.
#pragma once

#include "support/sip_text.hpp"
#include "support/socket.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::test {

// Puts right what a written message can't know: the server's address, our own port (over UDP; on a
// TCP connection answers come back by themselves), and, once an INVITE was accepted, To with its
// tag and the Request-URI of the dialog. Nothing else of a message is touched. For one thread.
class SrcWire {
 public:
  // `srs` and `src` are the addresses, HOST:PORT, by which messages name the server and us.
  SrcWire(std::uint16_t server_port, bool tcp, std::string srs, std::string src);

  void send(SipText message);
  void send_as_it_is(std::string_view bytes);
  // The next message that comes within `limit`.
  std::optional<SipText> receive(std::chrono::milliseconds limit);
  // What a message that is sent looks like on the wire.
  SipText addressed(SipText message) const;

  // From the first 2xx to an INVITE on: the m-lines of its body.
  const std::vector<SdpMedia>& media() const { return media_; }
  bool in_dialog() const { return !to_.empty(); }
  bool closed() const { return closed_; }  // by the server (TCP)

 private:
  void learn(const SipText& message);

  bool tcp_;
  std::uint16_t server_port_;
  std::string srs_;
  std::string src_;
  Socket socket_;
  std::string stream_;  // bytes of the TCP connection that are no whole message yet
  bool closed_ = false;
  std::string to_;
  std::string contact_;
  std::vector<SdpMedia> media_;
};

}  // namespace srs::test
