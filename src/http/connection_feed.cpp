// What goes on: server-sent events and WebSockets.
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket.hpp>

#include <array>
#include <exception>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// A comment is sent so often where nothing happens: proxies and browsers give up silent streams.
constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::size_t kLargestMessage = 64 << 10;  // of a client, which has nothing to say

// RFC 6455 §4.2.1; 426 tells which protocol is wanted (RFC 9110 §15.5.22).
Response upgrade_required() {
  auto response = error_response(426, "this path speaks WebSocket (RFC 6455)");
  response.headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
  return response;
}

using Socket = websocket::stream<tcp::socket, false>;  // without compression (RFC 7692)

// Reads until the client closes: that answers its pings, too.
asio::awaitable<void> read_away(std::shared_ptr<Socket> socket, std::shared_ptr<Feed> feed) {
  beast::flat_buffer waste;
  for (;;) {
    const auto [error, size] = co_await socket->async_read(waste, kNoThrow);
    if (error) break;
    waste.clear();
  }
  feed->leave();
}

void set_up(Socket& socket) {
  auto timeouts = websocket::stream_base::timeout::suggested(beast::role_type::server);
  timeouts.idle_timeout = 2 * kHeartbeat;
  timeouts.keep_alive_pings = true;
  socket.set_option(timeouts);
  socket.read_message_max(kLargestMessage);
  socket.auto_fragment(false);
}

}  // namespace

Response Connection::open_feed(const Router::FeedRoute& route, const Request& request, bool head,
                               Incoming handshake) {
  const bool upgrade = route.websocket && websocket::is_upgrade(handshake);
  try {
    auto opened = route.handler(request);
    if (auto* refused = std::get_if<Response>(&opened)) return std::move(*refused);
    if (route.websocket && !upgrade) return upgrade_required();
    if (head) return {200, "text/event-stream", "", {}};
    opened_.feed = std::move(std::get<std::shared_ptr<Feed>>(opened));
    if (upgrade) opened_.handshake = std::move(handshake);
    return {upgrade ? 101 : 200, "", "", {}};
  } catch (const std::exception& error) {
    return shared_->router.failed(request, error.what());
  }
}

asio::awaitable<void> Connection::serve_feed() {
  handed_over_ = true;
  const auto opened = std::exchange(opened_, {});
  serving_ = opened.feed;
  if (opened.handshake)
    co_await talk(opened.feed, *opened.handshake);
  else
    co_await send_events(opened.feed);
}

asio::awaitable<void> Connection::send_events(std::shared_ptr<Feed> feed) {
  auto head = "HTTP/1.1 200 OK\r\nDate: " + http_date(wall_now()) +
              "\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
              "X-Accel-Buffering: no\r\nConnection: close\r\n\r\n: connected\n\n";
  bool open = co_await send(std::move(head));
  shared_->tasks.spawn("http_events_watch", watch(shared_from_this(), feed));
  while (open) {
    const auto line = co_await feed->next(kHeartbeat);
    if (!line) break;
    // Named: g++ 12 destroys what `?:` makes within a co_await twice.
    auto event = line->empty() ? std::string(":\n\n") : "data: " + *line + "\n\n";
    open = co_await send(std::move(event));
  }
  feed->leave();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  begin(Phase::Waiting, shared_->options.request_timeout);
}

asio::awaitable<bool> Connection::send(std::string text) {
  begin_sending();
  const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(text), kNoThrow);
  end_sending();
  co_return !error;
}

void Connection::begin_sending() {
  begin(Phase::Writing, shared_->options.request_timeout);
}

void Connection::end_sending() {
  timer_.cancel();
  phase_ = Phase::Waiting;
}

// Until the client leaves: nothing else tells before the next line is due.
asio::awaitable<void> Connection::watch(std::shared_ptr<Connection> self,
                                        std::shared_ptr<Feed> feed) {
  std::array<char, 1024> waste;
  for (;;) {
    const auto [error, size] =
        co_await self->socket_.async_read_some(asio::buffer(waste), kNoThrow);
    if (error) break;
  }
  feed->leave();
}

asio::awaitable<void> Connection::talk(std::shared_ptr<Feed> feed, Incoming handshake) {
  timer_.cancel();
  const auto socket = std::make_shared<Socket>(std::move(socket_));
  cut_ = [weak = std::weak_ptr(socket)] {
    error_code ignored;
    if (const auto open = weak.lock()) open->next_layer().close(ignored);
  };
  set_up(*socket);
  const auto [refused] = co_await socket->async_accept(handshake, kNoThrow);
  if (refused) co_return;
  shared_->tasks.spawn("http_websocket_read", read_away(socket, feed));
  bool open = true;
  while (open) {
    const auto line = co_await feed->next(kHeartbeat);
    if (!line) break;
    if (line->empty()) continue;  // pings are the stream's own affair
    begin_sending();
    const auto [error, size] = co_await socket->async_write(asio::buffer(*line), kNoThrow);
    end_sending();
    open = !error;
  }
  feed->leave();
  if (!open) co_return;
  begin_sending();
  co_await socket->async_close(websocket::close_code::going_away, kNoThrow);
  end_sending();
}

}  // namespace srs::http
