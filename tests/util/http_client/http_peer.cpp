#include "util/http_client/http_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace srs::test {
namespace {

constexpr int kLimitMs = 20'000;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string header_of(const PeerRequest& request, const std::string& name) {
  const auto at = request.headers.find(name);
  return at == request.headers.end() ? "" : at->second;
}

PeerRequest parse(const std::string& head) {
  PeerRequest request;
  const auto line = head.substr(0, head.find("\r\n"));
  request.method = line.substr(0, line.find(' '));
  const auto target = request.method.size() + 1;
  request.target = line.substr(target, line.find(' ', target) - target);
  for (auto at = line.size() + 2; at < head.size();) {
    const auto end = std::min(head.find("\r\n", at), head.size());
    const auto field = head.substr(at, end - at);
    const auto colon = field.find(':');
    const auto value = field.find_first_not_of(' ', colon + 1);
    request.headers[lower(field.substr(0, colon))] =
        value == std::string::npos ? "" : field.substr(value);
    at = end + 2;
  }
  return request;
}

SSL_CTX* make_context(const HttpPeer::Tls& tls) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  const auto file = tls.certificate.string();
  if (SSL_CTX_use_certificate_file(context, file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("no certificate in " + file);
  }
  if (!tls.client_ca.empty()) {
    SSL_CTX_load_verify_locations(context, tls.client_ca.c_str(), nullptr);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace

PeerConnection::PeerConnection(int fd, SSL_CTX* tls) : fd_(fd), tls_(nullptr, &SSL_free) {
  const timeval limit{kLimitMs / 1000, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls));
  SSL_set_fd(tls_.get(), fd);
}

PeerConnection::~PeerConnection() {
  if (tls_) SSL_shutdown(tls_.get());
}

bool PeerConnection::fill() {
  char bytes[16384];
  const auto size = tls_ ? SSL_read(tls_.get(), bytes, sizeof bytes)
                         : static_cast<int>(::recv(fd_, bytes, sizeof bytes, 0));
  if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
  return size > 0;
}

std::string PeerConnection::read_some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, {});
}

std::optional<std::string> PeerConnection::until(std::string_view mark) {
  auto at = buffer_.find(mark);
  for (; at == std::string::npos; at = buffer_.find(mark)) {
    if (!fill()) return std::nullopt;
  }
  return take(at + mark.size()).substr(0, at);
}

std::string PeerConnection::take(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) size = buffer_.size();
  }
  auto result = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return result;
}

std::string PeerConnection::chunks() {
  std::string all;
  while (const auto line = until("\r\n")) {
    const auto size = std::stoul(*line, nullptr, 16);
    all += take(size);
    until("\r\n");
    if (size == 0) break;
  }
  return all;
}

std::optional<PeerRequest> PeerConnection::read_request() {
  const auto head = until("\r\n\r\n");
  if (!head) return std::nullopt;
  auto request = parse(*head);
  const auto length = header_of(request, "content-length");
  if (!length.empty()) request.body = take(std::stoul(length));
  if (header_of(request, "transfer-encoding") == "chunked") request.body = chunks();
  return request;
}

bool PeerConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, 1 << 20);
    const auto sent = tls_
                          ? SSL_write(tls_.get(), piece.data(), static_cast<int>(piece.size()))
                          : static_cast<int>(::send(fd_, piece.data(), piece.size(), MSG_NOSIGNAL));
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool PeerConnection::answer(int status, std::string_view body, const std::string& headers) {
  return send("HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n" + headers + "\r\n" + std::string(body));
}

void PeerConnection::wait_closed() {
  while (fill()) buffer_.clear();
}

void PeerConnection::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  tls_.reset();
}

HttpPeer::HttpPeer(Script script, std::optional<Tls> tls)
    : script_(std::move(script)), tls_(tls ? make_context(*tls) : nullptr, &SSL_CTX_free) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, length) != 0 || ::listen(listener_, 512) != 0 ||
      ::getsockname(listener_, generic, &length) != 0) {
    throw std::runtime_error("no port to listen at");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

HttpPeer::~HttpPeer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& one : served_) {
      if (one.fd >= 0) ::shutdown(one.fd, SHUT_RDWR);
    }
  }
  for (auto& one : served_) one.thread.join();
}

std::string HttpPeer::url(const std::string& path) const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
}

void HttpPeer::accept() {
  // OpenSSL writes to closed sockets without MSG_NOSIGNAL. For these threads alone: the client
  // under test has to look after itself.
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    most_ = std::max(most_.load(), ++now_);
    const std::lock_guard lock(mutex_);
    auto& served = served_.emplace_back(Served{fd, {}});
    served.thread = std::thread([this, &served] {
      serve(served.fd);
      --now_;
      const std::lock_guard closing(mutex_);
      ::close(std::exchange(served.fd, -1));
    });
  }
}

void HttpPeer::serve(int fd) {
  PeerConnection connection(fd, tls_.get());
  if (connection.tls_ && SSL_accept(connection.tls_.get()) != 1) return;
  script_(connection);
}

HttpPeer::Script answering(std::function<std::string(const PeerRequest&)> reply) {
  return [reply = std::move(reply)](PeerConnection& connection) {
    while (const auto request = connection.read_request()) {
      if (!connection.answer(200, reply(*request))) return;
    }
  };
}

}  // namespace srs::test
