// A client that speaks WebSocket (RFC 6455), and has nothing to say.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace srs::http {

// One connection, over a socket that had an HTTP request. One coroutine writes, another one reads.
// Lives on the io_context's thread; coroutines in it keep it alive.
class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  using Handshake = boost::beast::http::request<boost::beast::http::string_body>;

  // A silent client is pinged after half of `idle`, and given up after all of it.
  static std::shared_ptr<WebSocket> make(boost::asio::ip::tcp::socket socket,
                                         std::chrono::seconds idle);
  virtual ~WebSocket() = default;

  // The opening handshake (RFC 6455 §4.2); false where it failed.
  virtual boost::asio::awaitable<bool> accept(Handshake handshake) = 0;
  // Reads until the client closes: that answers its pings, too.
  virtual boost::asio::awaitable<void> read_away() = 0;
  // One message; false where the connection is gone.
  virtual boost::asio::awaitable<bool> write(std::string message) = 0;
  // Tells the client that we go, and waits for its answer.
  virtual boost::asio::awaitable<void> close() = 0;
  // At once, without ceremony.
  virtual void cut() = 0;
};

}  // namespace srs::http
