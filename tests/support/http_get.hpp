// A tiny blocking HTTP client that shares no code with the server.
//
//   const auto reply = http_get("http://127.0.0.1:8080/health?detailed=true");
//   EXPECT_EQ(reply.status, 200);
//
// Whatever fails, or takes longer than its limit, throws std::runtime_error.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace srs::test {

struct HttpReply {
  int status = 0;
  std::string version;                         // `HTTP/1.1`
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
};

// One connection, for tests that write its bytes themselves.
class HttpConnection {
 public:
  using Clock = std::chrono::steady_clock;

  // `host` is numeric IPv4, or `[::1]`.
  HttpConnection(std::string host, std::uint16_t port,
                 std::chrono::milliseconds limit = std::chrono::seconds(20));
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  int fd() const { return fd_; }

  // False where the peer has closed already.
  bool send(std::string_view bytes);

  // No more will be sent.
  void finish();

  // The next reply; `head`: of a HEAD request, which has no body.
  HttpReply reply(bool head = false);

  // The next line of what goes on, without its end.
  std::string line();

  // Waits until the peer closes; all that came before.
  std::string rest();

 private:
  void await(short events);

  // False at the end of the stream; a reset is one.
  bool receive();

  std::size_t until(std::string_view mark);

  const Clock::time_point deadline_;
  int fd_ = -1;
  std::string buffer_;
};

// `http://127.0.0.1:8080/path?query`, over a connection of its own.
HttpReply http_request(const std::string& method, const std::string& url,
                       const std::string& body = {},
                       std::chrono::milliseconds limit = std::chrono::seconds(20));
HttpReply http_get(const std::string& url,
                   std::chrono::milliseconds limit = std::chrono::seconds(20));

}  // namespace srs::test
