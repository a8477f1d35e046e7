#include "support/http_get.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace srs::test {
namespace {

void check(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error("HTTP: " + what + ": " + std::strerror(errno));
}

HttpReply parse(const std::string& head) {
  HttpReply result;
  const auto line = head.substr(0, head.find("\r\n"));
  if (line.size() < 12) throw std::runtime_error("HTTP: no status line: " + line);
  result.version = line.substr(0, 8);
  result.status = std::stoi(line.substr(9, 3));
  for (auto at = line.size(); at < head.size();) {
    const auto next = std::min(head.find("\r\n", at + 2), head.size());
    const auto field = head.substr(at + 2, next - at - 2);
    const auto colon = field.find(':');
    std::string name = field.substr(0, colon);
    for (char& c : name) c = static_cast<char>(::tolower(c));
    const auto value = field.find_first_not_of(' ', colon + 1);
    result.headers[name] = value == std::string::npos ? "" : field.substr(value);
    at = next;
  }
  return result;
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? "" : at->second;
}

HttpConnection::HttpConnection(std::string host, std::uint16_t port,
                               std::chrono::milliseconds limit)
    : deadline_(Clock::now() + limit) {
  const bool v6 = host.starts_with('[');
  if (v6) host = host.substr(1, host.size() - 2);
  sockaddr_storage address{};
  socklen_t length = 0;
  if (v6) {
    auto* to = reinterpret_cast<sockaddr_in6*>(&address);
    to->sin6_family = AF_INET6;
    to->sin6_port = htons(port);
    check(::inet_pton(AF_INET6, host.c_str(), &to->sin6_addr) == 1, "address " + host);
    length = sizeof(sockaddr_in6);
  } else {
    auto* to = reinterpret_cast<sockaddr_in*>(&address);
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    check(::inet_pton(AF_INET, host.c_str(), &to->sin_addr) == 1, "address " + host);
    length = sizeof(sockaddr_in);
  }
  fd_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(fd_ >= 0, "socket");
  check(::connect(fd_, reinterpret_cast<sockaddr*>(&address), length) == 0, "connect");
}

HttpConnection::~HttpConnection() {
  if (fd_ >= 0) ::close(fd_);
}

bool HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    await(POLLOUT);
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    check(sent >= 0 || errno == EAGAIN, "send");
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void HttpConnection::finish() {
  ::shutdown(fd_, SHUT_WR);
}

HttpReply HttpConnection::reply(bool head) {
  const auto end = until("\r\n\r\n");
  HttpReply result = parse(buffer_.substr(0, end));
  buffer_.erase(0, end + 4);
  if (result.status == 100 || head) return result;
  const std::string length = result.header("content-length");
  if (length.empty()) {
    while (receive()) {
    }
    result.body = std::exchange(buffer_, {});
    return result;
  }
  while (buffer_.size() < std::stoul(length)) check(receive(), "the body ends early");
  result.body = buffer_.substr(0, std::stoul(length));
  buffer_.erase(0, result.body.size());
  return result;
}

std::string HttpConnection::line() {
  const auto end = until("\n");
  std::string found = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (found.ends_with('\r')) found.pop_back();
  return found;
}

std::string HttpConnection::rest() {
  while (receive()) {
  }
  return std::exchange(buffer_, {});
}

void HttpConnection::await(short events) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
  pollfd poll{fd_, events, 0};
  if (left.count() <= 0 || ::poll(&poll, 1, static_cast<int>(left.count())) <= 0) {
    throw std::runtime_error("HTTP: nothing happened before the deadline; so far: " + buffer_);
  }
}

bool HttpConnection::receive() {
  await(POLLIN);
  char bytes[4096];
  const auto size = ::recv(fd_, bytes, sizeof bytes, 0);
  if (size < 0 && errno == ECONNRESET) return false;
  check(size >= 0, "receive");
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return size > 0;
}

std::size_t HttpConnection::until(std::string_view mark) {
  auto at = buffer_.find(mark);
  for (; at == std::string::npos; at = buffer_.find(mark)) {
    if (!receive()) throw std::runtime_error("HTTP: closed without a reply: " + buffer_);
  }
  return at;
}

HttpReply http_request(const std::string& method, const std::string& url, const std::string& body,
                       std::chrono::milliseconds limit) {
  const std::string scheme = "http://";
  if (!url.starts_with(scheme)) throw std::runtime_error("HTTP: no http:// URL: " + url);
  const auto slash = std::min(url.find('/', scheme.size()), url.size());
  const auto authority = url.substr(scheme.size(), slash - scheme.size());
  const auto colon = authority.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("HTTP: no port in " + url);
  HttpConnection connection(authority.substr(0, colon),
                            static_cast<std::uint16_t>(std::stoi(authority.substr(colon + 1))),
                            limit);
  const auto target = slash == url.size() ? "/" : url.substr(slash);
  connection.send(method + " " + target + " HTTP/1.1\r\nHost: " + authority +
                  "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body);
  return connection.reply(method == "HEAD");
}

HttpReply http_get(const std::string& url, std::chrono::milliseconds limit) {
  return http_request("GET", url, {}, limit);
}

}  // namespace srs::test
