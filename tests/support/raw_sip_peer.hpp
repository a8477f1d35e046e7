// A SIP peer without a SIP stack: it sends the bytes a test wants and waits for what comes back.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace srs::test {

struct RawSipMessage {
  std::string start_line;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string text;  // as it came

  bool is_response() const { return start_line.starts_with("SIP/2.0 "); }
  int status() const { return is_response() ? std::stoi(start_line.substr(8)) : 0; }
  std::string method() const {
    return is_response() ? header("CSeq").substr(header("CSeq").find(' ') + 1)
                         : start_line.substr(0, start_line.find(' '));
  }
  int cseq() const { return header("CSeq").empty() ? 0 : std::stoi(header("CSeq")); }
  // All headers of that name, joined by commas; empty where there is none.
  std::string header(std::string_view name) const {
    std::string result;
    for (const auto& [key, value] : headers) {
      if (!same(key, name)) continue;
      result += (result.empty() ? "" : ", ") + value;
    }
    return result;
  }
  bool has(std::string_view name) const {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& h) { return same(h.first, name); });
  }
  std::string to_tag() const {
    const auto to = header("To");
    const auto at = to.find(";tag=");
    return at == std::string::npos ? "" : to.substr(at + 5, to.find(';', at + 5) - at - 5);
  }

  static bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return std::tolower(x) == std::tolower(y); });
  }
  static RawSipMessage parse(std::string text) {
    RawSipMessage message;
    const auto head_end = text.find("\r\n\r\n");
    std::string_view head(text.data(), head_end == std::string::npos ? text.size() : head_end);
    if (head_end != std::string::npos) message.body = text.substr(head_end + 4);
    bool first = true;
    while (!head.empty()) {
      const auto line = head.substr(0, head.find("\r\n"));
      head.remove_prefix(std::min(head.size(), line.size() + 2));
      const auto colon = line.find(':');
      if (std::exchange(first, false)) {
        message.start_line = line;
      } else if (colon != std::string_view::npos) {
        auto value = line.substr(colon + 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        message.headers.emplace_back(line.substr(0, colon), value);
      }
    }
    message.text = std::move(text);
    return message;
  }
};

// One socket, blocking, for the test's own thread. Throws where a socket call fails or where what
// is waited for does not come.
class RawSipPeer {
 public:
  enum class Transport { Udp, Tcp };
  using Matches = std::function<bool(const RawSipMessage&)>;
  static constexpr std::chrono::seconds patience{10};

  RawSipPeer(Transport transport, std::uint16_t server_port, std::string server_host = "127.0.0.1",
             std::string local_host = {}, std::uint16_t local_port = 0)
      : transport_(transport), server_host_(std::move(server_host)), server_port_(server_port) {
    const bool ipv6 = server_host_.find(':') != std::string::npos;
    socket_ = ::socket(ipv6 ? AF_INET6 : AF_INET,
                       transport == Transport::Udp ? SOCK_DGRAM : SOCK_STREAM, 0);
    check(socket_ >= 0, "socket");
    if (local_host.empty()) local_host = ipv6 ? "::1" : "127.0.0.1";
    const auto own = address(local_host, local_port);
    check(::bind(socket_, own.get(), own.size) == 0, "bind");
    const auto server = address(server_host_, server_port_);
    wait_to_send(patience);
    check(::connect(socket_, server.get(), server.size) == 0, "connect");
    wait_to_send({});
    const int size = 4 << 20;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    local_host_ = std::move(local_host);
  }
  ~RawSipPeer() { close(); }
  RawSipPeer(RawSipPeer&& other) noexcept { *this = std::move(other); }
  RawSipPeer& operator=(RawSipPeer&& other) noexcept {
    std::swap(socket_, other.socket_);
    std::swap(transport_, other.transport_);
    std::swap(server_host_, other.server_host_);
    std::swap(server_port_, other.server_port_);
    std::swap(local_host_, other.local_host_);
    std::swap(buffer_, other.buffer_);
    std::swap(waiting_, other.waiting_);
    return *this;
  }

  bool tcp() const { return transport_ == Transport::Tcp; }
  const char* via_transport() const { return tcp() ? "TCP" : "UDP"; }
  // `127.0.0.1:5060`, `[::1]:5060`.
  std::string local() const { return bracketed(local_host_) + ":" + std::to_string(local_port()); }
  std::string server() const {
    return bracketed(server_host_) + ":" + std::to_string(server_port_);
  }
  std::uint16_t local_port() const {
    sockaddr_storage own{};
    socklen_t size = sizeof(own);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(own).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(own).sin_port);
  }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      check(sent > 0, "send");
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // As every network beyond loopback delivers it: in TCP segments, each read on its own.
  void send_in_segments(std::string_view text) {
    constexpr std::size_t segment = 1448;
    for (std::size_t at = 0; at < text.size(); at += segment) {
      send(text.substr(at, segment));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // False instead of an exception where the other side closed the connection.
  bool try_send(std::string_view text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  // As much as the other side and the kernel take without being waited for; bytes.
  std::size_t send_what_fits(std::string_view text) {
    std::size_t all = 0;
    for (ssize_t sent = 1; sent > 0 && all < text.size();) {
      sent = ::send(socket_, text.data() + all, text.size() - all, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) all += static_cast<std::size_t>(sent);
    }
    return all;
  }
  // Closes a TCP connection with RST instead of FIN.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close();
  }
  // Sends FIN, and goes on reading.
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  // The first message that matches; others stay for later calls.
  std::optional<RawSipMessage> find(const Matches& matches,
                                    std::chrono::milliseconds within = patience) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    for (;;) {
      const auto found = std::find_if(waiting_.begin(), waiting_.end(), matches);
      if (found != waiting_.end()) {
        auto result = std::move(*found);
        waiting_.erase(found);
        return result;
      }
      if (!receive(deadline)) return std::nullopt;
    }
  }
  RawSipMessage wait_for(const Matches& matches, const std::string& what) {
    auto found = find(matches);
    if (!found) throw std::runtime_error("no " + what + " came; waiting: " + listed());
    return std::move(*found);
  }
  RawSipMessage wait_for_status(int status, const std::string& method = "INVITE", int cseq = 0) {
    return wait_for(
        [&](const RawSipMessage& m) {
          return m.status() == status && m.method() == method && (cseq == 0 || m.cseq() == cseq);
        },
        std::to_string(status) + " for " + method);
  }
  // The first final response to that request.
  RawSipMessage wait_for_final(const std::string& method = "INVITE", int cseq = 0) {
    return wait_for(
        [&](const RawSipMessage& m) {
          return m.status() >= 200 && m.method() == method && (cseq == 0 || m.cseq() == cseq);
        },
        "final response to " + method);
  }
  RawSipMessage wait_for_request(const std::string& method) {
    return wait_for(
        [&](const RawSipMessage& m) { return !m.is_response() && m.method() == method; }, method);
  }
  // Whether the other side closes the connection within that time.
  bool closed_within(std::chrono::milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (receive(deadline)) {
    }
    return closed_;
  }

 private:
  struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  };
  static Address address(const std::string& host, std::uint16_t port) {
    Address result;
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
    auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
    if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
      result.size = sizeof(sockaddr_in6);
    } else {
      check(::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1, "address");
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      result.size = sizeof(sockaddr_in);
    }
    return result;
  }
  static void check(bool good, const char* what) {
    if (!good) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  }
  static std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
  }

  // How long connect() and send() wait; zero: for ever.
  void wait_to_send(std::chrono::seconds limit) {
    const timeval wait{limit.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
  }
  // What has come counts, however late we look.
  bool receive(std::chrono::steady_clock::time_point deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{socket_, POLLIN, 0};
    if (closed_ || ::poll(&ready, 1, std::max(0, static_cast<int>(left.count()))) <= 0)
      return false;
    static thread_local std::array<char, 1 << 16> chunk;
    const auto size = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (size < 0 && !tcp()) return true;  // an ICMP error is no message
    if (size <= 0) {
      closed_ = true;
      return false;
    }
    const std::string_view text(chunk.data(), static_cast<std::size_t>(size));
    tcp() ? cut(text) : waiting_.push_back(RawSipMessage::parse(std::string(text)));
    return true;
  }
  // RFC 3261 §18.3: Content-Length tells where a message ends on a stream.
  void cut(std::string_view more) {
    buffer_ += more;
    for (;;) {
      buffer_.erase(0, std::min(buffer_.find_first_not_of("\r\n"), buffer_.size()));
      const auto head_end = buffer_.find("\r\n\r\n");
      if (head_end == std::string::npos) return;
      const auto head = RawSipMessage::parse(buffer_.substr(0, head_end + 4));
      const auto length = head.header("Content-Length");
      const auto size = head_end + 4 + (length.empty() ? 0 : std::stoul(length));
      if (buffer_.size() < size) return;
      waiting_.push_back(RawSipMessage::parse(buffer_.substr(0, size)));
      buffer_.erase(0, size);
    }
  }
  std::string listed() const {
    std::string result;
    for (const auto& message : waiting_) result += "[" + message.start_line + "] ";
    return result.empty() ? "nothing" : result;
  }

  Transport transport_ = Transport::Udp;
  std::string server_host_;
  std::uint16_t server_port_ = 0;
  std::string local_host_;
  int socket_ = -1;
  bool closed_ = false;
  std::string buffer_;
  std::deque<RawSipMessage> waiting_;
};

// The SRC's side of one dialog, as text. What a test wants different it changes in the text.
class RawSipCall {
 public:
  explicit RawSipCall(RawSipPeer& peer) : peer_(&peer) {
    static int made = 0;
    id = "call-" + std::to_string(++made) + "-" + std::to_string(::getpid()) + "@" + peer.local();
    from_tag = "src" + std::to_string(made);
  }

  std::string id;
  std::string from_tag;
  std::string to_tag;
  int cseq = 2;       // as OpenSIPS begins
  std::string extra;  // headers of every request, each with its line end
  std::string contact_params = ";+sip.src";
  std::string content_type = "application/sdp";

  std::string uri() const { return "sip:srs@" + peer_->server(); }
  std::string request(const std::string& method, int number, const std::string& body = {},
                      const std::string& more = {}) const {
    std::string text = method + " " + uri() + " SIP/2.0\r\n";
    text += "Via: SIP/2.0/" + std::string(peer_->via_transport()) + " " + peer_->local() +
            ";branch=z9hG4bK" + from_tag + method + std::to_string(number) + "\r\n";
    text += "Max-Forwards: 70\r\nFrom: <sip:src@" + peer_->local() + ">;tag=" + from_tag + "\r\n";
    text += "To: <" + uri() + ">" + (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\n";
    text += "Call-ID: " + id + "\r\nCSeq: " + std::to_string(number) + " " + method + "\r\n";
    if (method != "ACK" && method != "CANCEL") {
      text += "Contact: <sip:src@" + peer_->local() + (peer_->tcp() ? ";transport=tcp" : "") + ">" +
              contact_params + "\r\n";
    }
    text += extra + more;
    if (!body.empty()) text += "Content-Type: " + content_type + "\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  std::string invite(const std::string& body = offer()) const {
    return request("INVITE", cseq, body, "Require: siprec\r\n");
  }
  // INVITE, 200, ACK.
  RawSipMessage establish(const std::string& body = offer()) {
    peer_->send(invite(body));
    auto answer = wait_for_own("INVITE", 200);
    to_tag = answer.to_tag();
    peer_->send(request("ACK", cseq));
    return answer;
  }
  RawSipMessage bye() {
    peer_->send(request("BYE", ++cseq));
    return wait_for_own("BYE", 0);
  }
  // The SRC's response to a request of ours.
  static std::string response(const RawSipMessage& request, const std::string& status) {
    std::string text = "SIP/2.0 " + status + "\r\n";
    for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
      text += std::string(name) + ": " + request.header(name) + "\r\n";
    }
    return text + "Content-Length: 0\r\n\r\n";
  }
  static std::string offer() {
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
           "m=audio 30000 RTP/AVP 0\r\na=label:1\r\na=sendonly\r\n";
  }

 private:
  // The final response to this call, with that status or (0) any; a 200 that came again for another
  // call of the same connection is none.
  RawSipMessage wait_for_own(const std::string& method, int status) {
    return peer_->wait_for(
        [&](const RawSipMessage& m) {
          return m.status() >= 200 && (status == 0 || m.status() == status) &&
                 m.method() == method && m.header("Call-ID") == id;
        },
        "final response to " + method + " of " + id);
  }

  RawSipPeer* peer_;
};

}  // namespace srs::test
