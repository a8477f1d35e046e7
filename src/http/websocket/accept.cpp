#include "http/websocket/stream.hpp"

namespace srs::http {

boost::asio::awaitable<bool> BeastWebSocket::accept(Handshake handshake) {
  const auto self = shared_from_this();
  const auto [refused] = co_await stream_.async_accept(handshake, kQuietly);
  co_return !refused;
}

}  // namespace srs::http
