// What goes on: server-sent events and WebSockets.
#include "http/connection.hpp"
#include "http/taken.hpp"
#include "http/websocket/websocket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <array>
#include <exception>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// A comment is sent so often where nothing happens: proxies and browsers give up silent streams.
constexpr std::chrono::seconds kHeartbeat{15};
constexpr int kSendBuffer = 128 << 10;

// RFC 6455 §4.2.1; 426 tells which protocol is wanted (RFC 9110 §15.5.22).
Response upgrade_required() {
  auto response = error_response(426, "this path speaks WebSocket (RFC 6455)");
  response.headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
  return response;
}

std::string event_of(const std::string& line, const std::string& id) {
  return (id.empty() ? "" : "id: " + id + "\n") + "data: " + line + "\n\n";
}

asio::awaitable<void> read_away(std::shared_ptr<WebSocket> socket, std::shared_ptr<Feed> feed) {
  co_await socket->read_away();
  feed->leave();
}

}  // namespace

Response Connection::open_feed(const Router::FeedRoute& route, const Request& request, bool head,
                               Incoming handshake) {
  const bool upgrade = route.websocket && boost::beast::websocket::is_upgrade(handshake);
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
  fed_ = socket_.native_handle();
  // Grown to megabytes by the kernel it would hold lines of minutes ago for whoever is too slow.
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(kSendBuffer), ignored);
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
    auto event = line->empty() ? std::string(":\n\n") : event_of(*line, feed->id());
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
  taken_ = bytes_taken(fed_);
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
  const auto socket = WebSocket::make(std::move(socket_), 2 * kHeartbeat);
  cut_ = [weak = std::weak_ptr(socket)] {
    if (const auto open = weak.lock()) open->cut();
  };
  if (!co_await socket->accept(std::move(handshake))) co_return;
  shared_->tasks.spawn("http_websocket_read", read_away(socket, feed));
  bool open = true;
  while (open) {
    auto line = co_await feed->next(kHeartbeat);
    if (!line) break;
    if (line->empty()) continue;  // pings are the stream's own affair
    begin_sending();
    open = co_await socket->write(std::move(*line));
    end_sending();
  }
  feed->leave();
  if (!open) co_return;
  begin_sending();
  co_await socket->close();
  end_sending();
}

}  // namespace srs::http
