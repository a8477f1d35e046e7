// A WebSocket server of the loopback.
#pragma once

#include "util/http_client/http_peer.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <optional>
#include <string>

namespace srs::test {

// The server's side of one WebSocket (RFC 6455), by hand: each of its bytes is a test's.
class Frames {
 public:
  explicit Frames(PeerConnection& connection) : connection_(connection) {}

  std::optional<PeerRequest> accept() {
    auto request = connection_.read_request();
    if (!request) return request;
    const auto key = request->headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    unsigned char text[64];
    EVP_EncodeBlock(text, digest, SHA_DIGEST_LENGTH);
    connection_.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        std::string(reinterpret_cast<char*>(text)) + "\r\n\r\n");
    return request;
  }

  struct Frame {
    int opcode = 0;  // 1 text, 2 binary, 8 close
    std::string data;
  };
  // Nothing once the client has closed.
  std::optional<Frame> read() {
    if (!need(2)) return std::nullopt;
    std::size_t header = 2, size = byte(1) & 0x7F;
    if (size == 126) header = 4;
    if (size == 127) header = 10;
    if (!need(header + 4)) return std::nullopt;
    if (header > 2) size = 0;
    for (std::size_t i = 2; i < header; ++i) size = size << 8 | byte(i);
    if (!need(header + 4 + size)) return std::nullopt;
    Frame frame{static_cast<int>(byte(0) & 15), buffer_.substr(header + 4, size)};
    for (std::size_t i = 0; i < size; ++i)
      frame.data[i] = static_cast<char>(frame.data[i] ^ buffer_[header + i % 4]);
    buffer_.erase(0, header + 4 + size);
    return frame;
  }
  // False where the client has closed.
  bool send(const std::string& text) {
    std::string frame = "\x81";
    if (text.size() < 126) {
      frame += static_cast<char>(text.size());
    } else {
      frame += '\x7E';
      frame += static_cast<char>(text.size() >> 8);
      frame += static_cast<char>(text.size() & 0xFF);
    }
    return connection_.send(frame + text);
  }
  // RFC 6455 §5.5.1; the words have 123 bytes at most.
  void close(unsigned code, const std::string& words) {
    std::string frame = "\x88";
    frame += static_cast<char>(words.size() + 2);
    frame += static_cast<char>(code >> 8);
    frame += static_cast<char>(code & 0xFF);
    connection_.send(frame + words);
  }

 private:
  std::size_t byte(std::size_t i) const { return static_cast<unsigned char>(buffer_[i]); }
  bool need(std::size_t size) {
    while (buffer_.size() < size) {
      const auto more = connection_.read_some();
      if (more.empty()) return false;
      buffer_ += more;
    }
    return true;
  }
  PeerConnection& connection_;
  std::string buffer_;
};

}  // namespace srs::test
