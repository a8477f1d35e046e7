// A recorder that does what a test wants, on plain sockets: it shares no code with the caller.
#pragma once

#include "app/siprec_call/seen.hpp"
#include "support/socket.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace srs::test {

// How the recorder behaves; the defaults are those of a good one.
struct Manners {
  bool tcp = false;
  int status = 200;             // of the answer to INVITE; 0: silence
  std::vector<int> statuses{};  // of the first INVITEs, instead of `status`
  std::string header{};         // one more line in answers to INVITE: `Warning: ...`
  std::string contact_params = ";+sip.srs";
  std::string content_type = "application/sdp";  // empty: the 200 has no body
  int reinvite_status = 200;
  int bye_status = 200;  // 0: silence
  bool echo_labels = true;
  std::vector<bool> refuse{};  // m-lines that get port 0
  std::string direction = "recvonly";
  bool hang_up = false;  // BYE right after the ACK
};

// Runs on a thread of its own from construction to destruction.
class Recorder {
 public:
  explicit Recorder(Manners manners = {});
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  std::string target() const;  // `sip:127.0.0.1:PORT`

  std::vector<SeenCall> calls() const;  // in the order of their INVITEs
  std::size_t over() const;             // calls that have ended
  std::size_t most_at_once() const;

 private:
  struct Stream {
    Socket rtp = Socket::udp(kLoopback);
    Socket rtcp = Socket::udp(kLoopback);
  };
  struct Dialog {
    SeenCall seen;
    std::vector<Stream> streams;
    std::string answer;  // to the INVITE, for its retransmissions
  };
  struct Peer {
    int fd = -1;             // of the TCP connection; -1: UDP
    std::uint16_t port = 0;  // UDP
  };

  void run();
  void accept_connection();
  void read_sip();
  void read_media();
  void take(SipText message, const Peer& peer);
  void take_invite(Dialog& dialog, const SipText& invite, const Peer& peer);
  void answer(const SipText& request, int status, const std::string& headers,
              const std::string& body, const Peer& peer);
  void bye(const SipText& ack, const Peer& peer);
  void send(const std::string& bytes, const Peer& peer) const;
  std::string sdp(const SipText& invite, Dialog& dialog) const;

  const Manners manners_;
  std::optional<Socket> udp_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  struct Connection {
    int fd = -1;
    std::string bytes;
  };
  std::vector<Connection> connections_;

  mutable std::mutex mutex_;  // the test reads what the thread writes
  std::map<std::string, Dialog> dialogs_;
  std::vector<std::string> order_;
  std::size_t most_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace srs::test
