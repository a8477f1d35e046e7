// One call that a test conducts by hand against a real server.
#pragma once

#include "support/rtp_source.hpp"
#include "support/server_process.hpp"
#include "support/src_dialog.hpp"
#include "support/src_wire.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::test {

// Each request waits for its final answer; where none comes in time the answer is an empty message
// of status 0, which no test expects.
class SrcCall {
 public:
  explicit SrcCall(const ServerProcess& server, bool tcp = false);

  // Sends an INVITE (the first one, or within the dialog) and the ACK of what it is answered.
  SipText invite(const Body& body);
  SipText invite(const SipText& message, bool acknowledge = true);
  SipText request(std::string_view method, const Body& body = {});
  SipText bye() { return request("BYE"); }
  SipText transact(const SipText& message);
  // What the server asks of us next, answered 200; nothing where it asks nothing in time.
  std::optional<SipText> server_request(std::string_view method, std::chrono::milliseconds limit);

  // To the RTP port of that m-line, from a port of our own per m-line.
  void send_rtp(std::size_t stream, std::string_view packet);
  // `count` packets of 20 ms as fast as they go, made by `source`.
  void send_packets(std::size_t stream, RtpSource& source, int count);
  // The same in real time with what `voice` says, from sample `from` on; G.711 μ-law.
  void speak(std::size_t stream, RtpSource& source, const std::vector<float>& voice,
             std::size_t from, int count);

  std::uint16_t port(std::size_t stream) const { return wire_.media().at(stream).port; }
  const std::string& call_id() const { return dialog_.call_id(); }
  SrcDialog& dialog() { return dialog_; }
  SrcWire& wire() { return wire_; }

 private:
  SrcDialog dialog_;
  SrcWire wire_;
  std::vector<Socket> media_;
};

// Alice and Bob, labels 1 and 2.
std::vector<OfferedStream> two_legs();

// A whole call of those two in which Alice sends so many packets; its Call-ID.
std::string whole_call(const ServerProcess& server, int packets);

}  // namespace srs::test
