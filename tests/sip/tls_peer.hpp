// A peer that speaks TLS as far as a test wants it to.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace srs::test {

// One connection to 127.0.0.1, blocking, for the test's own thread.
class TlsPeer {
 public:
  explicit TlsPeer(std::uint16_t port);
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  // Bytes as they are, past TLS.
  void send_raw(std::string_view bytes) const;
  // False where the server refuses. `directory` with `client.crt` and `client.key`: shows them.
  bool shake_hands(const std::filesystem::path& directory = {}, int version = 0);
  void send(std::string_view text);
  // What comes within that time, up to an empty line.
  std::string answer();
  // Whether the server ends the connection within that time.
  bool closed();
  // Says so before the connection closes (RFC 8446 §6.1).
  void say_goodbye();
  // Closes with RST.
  void reset() const;

 private:
  int socket_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_;
};

}  // namespace srs::test
