#include "tls_peer.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace srs::test {

TlsPeer::TlsPeer(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
      tls_(nullptr, &SSL_free) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("the server's port takes no connection");
}

TlsPeer::~TlsPeer() {
  tls_.reset();
  ::close(socket_);
}

void TlsPeer::send_raw(std::string_view bytes) const {
  static_cast<void>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

bool TlsPeer::shake_hands(const std::filesystem::path& directory, int version) {
  SSL_CTX_set_max_proto_version(context_.get(), version);
  if (!directory.empty()) {
    SSL_CTX_use_certificate_file(context_.get(), (directory / "client.crt").c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), (directory / "client.key").c_str(),
                                SSL_FILETYPE_PEM);
  }
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), socket_);
  const bool done = SSL_connect(tls_.get()) == 1;
  ERR_clear_error();
  return done;
}

void TlsPeer::send(std::string_view text) {
  SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()));
  ERR_clear_error();
}

std::string TlsPeer::answer() {
  std::string text;
  std::array<char, 2048> bytes{};
  while (text.find("\r\n\r\n") == std::string::npos) {
    const int size = SSL_read(tls_.get(), bytes.data(), bytes.size());
    if (size <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
  ERR_clear_error();
  return text;
}

bool TlsPeer::closed() {
  std::array<char, 2048> bytes{};
  int size = 0;
  while ((size = SSL_read(tls_.get(), bytes.data(), bytes.size())) > 0) {
  }
  const bool waited = SSL_get_error(tls_.get(), size) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return !waited;
}

void TlsPeer::say_goodbye() {
  SSL_shutdown(tls_.get());
}

void TlsPeer::reset() const {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace srs::test
