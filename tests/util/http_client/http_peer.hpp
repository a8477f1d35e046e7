// The other side of an HTTP client: a server of the loopback whose every byte a test decides.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace srs::test {

struct PeerRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // of Content-Length, or of chunks
};

// One accepted connection, in a thread of its own. Calls block, at most for 20 seconds.
class PeerConnection {
 public:
  PeerConnection(int fd, SSL_CTX* tls);
  ~PeerConnection();
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  // Nothing once the client has closed.
  std::optional<PeerRequest> read_request();
  // The next bytes as they come, empty once the client has closed.
  std::string read_some();
  // False where the client has closed.
  bool send(std::string_view bytes);
  // A whole answer; keeps the connection open.
  bool answer(int status, std::string_view body, const std::string& headers = {});
  // Waits until the client closes.
  void wait_closed();
  // Closes with RST.
  void reset();

 private:
  friend class HttpPeer;
  bool fill();
  std::optional<std::string> until(std::string_view mark);
  std::string chunks();
  std::string take(std::size_t size);

  int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
  std::string buffer_;
};

class HttpPeer {
 public:
  using Script = std::function<void(PeerConnection&)>;
  struct Tls {
    std::filesystem::path certificate;  // PEM with its key
    std::filesystem::path client_ca;    // empty: no certificate is asked of clients
  };

  explicit HttpPeer(Script script, std::optional<Tls> tls = {});
  ~HttpPeer();  // cuts what is open and waits for all scripts

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const;
  unsigned connections() const { return connections_; }  // accepted so far
  unsigned most_at_once() const { return most_; }

 private:
  struct Served {
    int fd;
    std::thread thread;
  };
  void accept();
  void serve(int fd);

  Script script_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<unsigned> connections_{0};
  std::atomic<unsigned> now_{0};
  std::atomic<unsigned> most_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::list<Served> served_;
  std::thread acceptor_;
};

// Answers every request of every connection with 200 and what `reply` makes of it.
HttpPeer::Script answering(std::function<std::string(const PeerRequest&)> reply);

}  // namespace srs::test
