// A SIP peer without a SIP stack: it sends the bytes a test wants and waits for what comes back.
#pragma once

#include "support/raw_sip_message.hpp"
#include "support/wait.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace srs::test {

// One socket, blocking, for the test's own thread. Throws where a socket call fails or where what
// is waited for does not come.
class RawSipPeer {
 public:
  enum class Transport { Udp, Tcp };
  using Matches = std::function<bool(const RawSipMessage&)>;
  static constexpr std::chrono::seconds patience = kSoon;

  RawSipPeer(Transport transport, std::uint16_t server_port, std::string server_host = "127.0.0.1",
             std::string local_host = {}, std::uint16_t local_port = 0);
  ~RawSipPeer() { close(); }
  RawSipPeer(RawSipPeer&& other) noexcept { *this = std::move(other); }
  RawSipPeer& operator=(RawSipPeer&& other) noexcept;

  bool tcp() const { return transport_ == Transport::Tcp; }
  const char* via_transport() const { return tcp() ? "TCP" : "UDP"; }
  // `127.0.0.1:5060`, `[::1]:5060`.
  std::string local() const;
  std::string server() const;
  std::uint16_t local_port() const;

  void send(std::string_view text);
  // As every network beyond loopback delivers it: in TCP segments, each read on its own.
  void send_in_segments(std::string_view text);
  // False instead of an exception where the other side closed the connection.
  bool try_send(std::string_view text);
  // As much as the other side and the kernel take without being waited for; bytes.
  std::size_t send_what_fits(std::string_view text);
  // Closes a TCP connection with RST instead of FIN.
  void reset();
  // Sends FIN, and goes on reading.
  void finish_sending();
  void close();

  // The first message that matches; others stay for later calls.
  std::optional<RawSipMessage> find(const Matches& matches,
                                    std::chrono::milliseconds within = patience);
  RawSipMessage wait_for(const Matches& matches, const std::string& what);
  RawSipMessage wait_for_status(int status, const std::string& method = "INVITE", int cseq = 0);
  // The first final response to that request.
  RawSipMessage wait_for_final(const std::string& method = "INVITE", int cseq = 0);
  RawSipMessage wait_for_request(const std::string& method);
  // Whether the other side closes the connection within that time.
  bool closed_within(std::chrono::milliseconds within);

 private:
  // How long connect() and send() wait; zero: for ever.
  void wait_to_send(std::chrono::seconds limit);
  // What has come counts, however late we look.
  bool receive(std::chrono::steady_clock::time_point deadline);
  // RFC 3261 §18.3: Content-Length tells where a message ends on a stream.
  void cut(std::string_view more);
  std::string listed() const;

  Transport transport_ = Transport::Udp;
  std::string server_host_;
  std::uint16_t server_port_ = 0;
  std::string local_host_;
  int socket_ = -1;
  bool closed_ = false;
  std::string buffer_;
  std::deque<RawSipMessage> waiting_;
};

}  // namespace srs::test
