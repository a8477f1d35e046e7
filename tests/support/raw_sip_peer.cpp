#include "support/raw_sip_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

namespace srs::test {
namespace {

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address address(const std::string& host, std::uint16_t port) {
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

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

RawSipPeer::RawSipPeer(Transport transport, std::uint16_t server_port, std::string server_host,
                       std::string local_host, std::uint16_t local_port)
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

RawSipPeer& RawSipPeer::operator=(RawSipPeer&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(transport_, other.transport_);
  std::swap(server_host_, other.server_host_);
  std::swap(server_port_, other.server_port_);
  std::swap(local_host_, other.local_host_);
  std::swap(buffer_, other.buffer_);
  std::swap(waiting_, other.waiting_);
  return *this;
}

std::string RawSipPeer::local() const {
  return bracketed(local_host_) + ":" + std::to_string(local_port());
}

std::string RawSipPeer::server() const {
  return bracketed(server_host_) + ":" + std::to_string(server_port_);
}

std::uint16_t RawSipPeer::local_port() const {
  sockaddr_storage own{};
  socklen_t size = sizeof(own);
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
  return ntohs(own.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(own).sin6_port
                                         : reinterpret_cast<sockaddr_in&>(own).sin_port);
}

void RawSipPeer::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    check(sent > 0, "send");
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawSipPeer::send_in_segments(std::string_view text) {
  constexpr std::size_t segment = 1448;
  for (std::size_t at = 0; at < text.size(); at += segment) {
    send(text.substr(at, segment));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool RawSipPeer::try_send(std::string_view text) {
  return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

std::size_t RawSipPeer::send_what_fits(std::string_view text) {
  std::size_t all = 0;
  for (ssize_t sent = 1; sent > 0 && all < text.size();) {
    sent = ::send(socket_, text.data() + all, text.size() - all, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) all += static_cast<std::size_t>(sent);
  }
  return all;
}

void RawSipPeer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

void RawSipPeer::finish_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void RawSipPeer::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

std::optional<RawSipMessage> RawSipPeer::find(const Matches& matches,
                                              std::chrono::milliseconds within) {
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

RawSipMessage RawSipPeer::wait_for(const Matches& matches, const std::string& what) {
  auto found = find(matches);
  if (!found) throw std::runtime_error("no " + what + " came; waiting: " + listed());
  return std::move(*found);
}

RawSipMessage RawSipPeer::wait_for_status(int status, const std::string& method, int cseq) {
  return wait_for(
      [&](const RawSipMessage& m) {
        return m.status() == status && m.method() == method && (cseq == 0 || m.cseq() == cseq);
      },
      std::to_string(status) + " for " + method);
}

RawSipMessage RawSipPeer::wait_for_final(const std::string& method, int cseq) {
  return wait_for(
      [&](const RawSipMessage& m) {
        return m.status() >= 200 && m.method() == method && (cseq == 0 || m.cseq() == cseq);
      },
      "final response to " + method);
}

RawSipMessage RawSipPeer::wait_for_request(const std::string& method) {
  return wait_for([&](const RawSipMessage& m) { return !m.is_response() && m.method() == method; },
                  method);
}

bool RawSipPeer::closed_within(std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (receive(deadline)) {
  }
  return closed_;
}

void RawSipPeer::wait_to_send(std::chrono::seconds limit) {
  const timeval wait{limit.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
}

bool RawSipPeer::receive(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd ready{socket_, POLLIN, 0};
  if (closed_ || ::poll(&ready, 1, std::max(0, static_cast<int>(left.count()))) <= 0) return false;
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

void RawSipPeer::cut(std::string_view more) {
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

std::string RawSipPeer::listed() const {
  std::string result;
  for (const auto& message : waiting_) result += "[" + message.start_line + "] ";
  return result.empty() ? "nothing" : result;
}

}  // namespace srs::test
