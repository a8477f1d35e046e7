// A WebSocket client (RFC 6455), ws and wss. The one room of Beast in this module.
#pragma once

#include "stt/answer.hpp"
#include "stt/complaint.hpp"

#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::stt {

// What read() says of a peer that closed; its code and words follow where it gave any.
inline constexpr std::string_view kClosedByProvider = "the provider closed the connection";

// One connection. Reading and writing may go on at the same time, each by one coroutine. Every call
// ends within the time limit of its kind, or when the connection is cut. Lives on the io_context's
// thread; coroutines in it keep it alive.
class WebSocket {
 public:
  struct Options {
    std::chrono::milliseconds connect_timeout{10'000};  // name, TCP, TLS and handshake together
    std::chrono::milliseconds idle_timeout{30'000};     // then the peer is pinged, later given up
    std::size_t max_message = 256 << 10;                // bytes of one message that is read
    std::filesystem::path ca_file = {};                 // PEM; empty: the system's
    ReadComplaint complaints = common_complaint;        // how the server says why it declines
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // `url`: ws://host:port/path?query or wss://. Certificates are verified.
  static boost::asio::awaitable<Outcome<std::shared_ptr<WebSocket>>> connect(std::string url,
                                                                             Headers headers,
                                                                             Options options);
  virtual ~WebSocket() = default;

  // The next message; an error once the connection is closed, whoever did that.
  virtual boost::asio::awaitable<Outcome<std::string>> read() = 0;
  virtual boost::asio::awaitable<Outcome<void>> write(std::string message, bool binary) = 0;
  // At once, without ceremony: who waits in read() or write() gets an error.
  virtual void cut() = 0;
};

// `wss://host:443/path?q` taken apart; an error says what a URL should look like.
struct WebSocketUrl {
  bool secure = false;
  std::string host;
  std::string port;
  std::string target;

  // As the Host header has it: an IPv6 address in brackets again (RFC 3986 §3.2.2).
  std::string authority() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
  }
};
Result<WebSocketUrl> parse_websocket_url(std::string_view url);

}  // namespace srs::stt
