// A WebSocket connection as Beast has it. Its parts are compiled apart: each is much code.
#pragma once

#include "stt/live/websocket.hpp"
#include "stt/live/wire.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace srs::stt {

inline auto quietly(boost::system::error_code& error) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, error);
}

// `doing`: what failed. Times out as Timeout, whatever `reason` is.
Failure failed(Reason reason, std::string_view doing, const boost::system::error_code& error);

class Connection : public WebSocket, public std::enable_shared_from_this<Connection> {
 public:
  // Without compression (RFC 7692), which nobody asks for: that is half of the code, and of its
  // compilation.
  using Socket = boost::beast::websocket::stream<Wire, false>;

  explicit Connection(const boost::asio::any_io_executor& executor) : socket_(executor) {}

  boost::beast::tcp_stream& tcp() { return socket_.next_layer().next_layer(); }
  // For wss, before secure(): TLS from there on, whose handshake is the caller's.
  boost::asio::ssl::context& make_context() {
    return context_.emplace(boost::asio::ssl::context::tls_client);
  }
  Wire::TlsStream& secure() { return socket_.next_layer().secure(*context_); }
  // The opening handshake (RFC 6455 §4.1).
  boost::asio::awaitable<Outcome<void>> shake_hands(const WebSocketUrl& url, const Headers& headers,
                                                    const Options& options);

  boost::asio::awaitable<Outcome<std::string>> read() override;
  boost::asio::awaitable<Outcome<void>> write(std::string message, bool binary) override;
  void cut() override { tcp().close(); }

 private:
  std::optional<boost::asio::ssl::context> context_;  // of wss alone; outlives the socket
  Socket socket_;
};

}  // namespace srs::stt
