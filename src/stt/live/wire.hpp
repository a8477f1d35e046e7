// TCP, with or without TLS, as one type for Beast, so that its WebSocket is compiled once.
#pragma once

#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <optional>
#include <utility>

namespace srs::stt {

// An AsyncStream whose layer below is the TCP stream.
class Wire {
 public:
  using next_layer_type = boost::beast::tcp_stream;
  using executor_type = next_layer_type::executor_type;
  using TlsStream = boost::asio::ssl::stream<next_layer_type&>;

  explicit Wire(const executor_type& executor) : tcp_(executor) {}

  executor_type get_executor() { return tcp_.get_executor(); }
  next_layer_type& next_layer() { return tcp_; }
  const next_layer_type& next_layer() const { return tcp_; }

  // From here on it is TLS; its handshake is the caller's. `context` must outlive the wire.
  TlsStream& secure(boost::asio::ssl::context& context) { return tls_.emplace(tcp_, context); }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Handler>(handler));
    return tcp_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Handler>(handler));
    return tcp_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  next_layer_type tcp_;
  std::optional<TlsStream> tls_;
};

// The WebSocket's own closing (RFC 6455 §7) has told the end, so TLS says no farewell of its own.
template <class Handler>
void async_teardown(boost::beast::role_type role, Wire& wire, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, wire.next_layer(), std::forward<Handler>(handler));
}

}  // namespace srs::stt
