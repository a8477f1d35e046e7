#include "http/websocket/websocket.hpp"

#include "http/websocket/stream.hpp"

namespace srs::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr std::size_t kLargestMessage = 64 << 10;

}  // namespace

std::shared_ptr<WebSocket> WebSocket::make(asio::ip::tcp::socket socket,
                                           std::chrono::seconds idle) {
  return std::make_shared<BeastWebSocket>(std::move(socket), idle);
}

BeastWebSocket::BeastWebSocket(asio::ip::tcp::socket socket, std::chrono::seconds idle)
    : stream_(std::move(socket)) {
  auto timeouts = websocket::stream_base::timeout::suggested(beast::role_type::server);
  timeouts.idle_timeout = idle;
  timeouts.keep_alive_pings = true;
  stream_.set_option(timeouts);
  stream_.read_message_max(kLargestMessage);
  stream_.auto_fragment(false);
}

asio::awaitable<void> BeastWebSocket::read_away() {
  const auto self = shared_from_this();
  beast::flat_buffer waste;
  for (;;) {
    const auto [error, size] = co_await stream_.async_read(waste, kQuietly);
    if (error) co_return;
    waste.clear();
  }
}

asio::awaitable<bool> BeastWebSocket::write(std::string message) {
  const auto self = shared_from_this();
  const auto [error, size] = co_await stream_.async_write(asio::buffer(message), kQuietly);
  co_return !error;
}

asio::awaitable<void> BeastWebSocket::close() {
  const auto self = shared_from_this();
  co_await stream_.async_close(websocket::close_code::going_away, kQuietly);
}

void BeastWebSocket::cut() {
  boost::system::error_code ignored;
  stream_.next_layer().close(ignored);
}

}  // namespace srs::http
