// One connection, from its first byte to its last.
#pragma once

#include "http/messages.hpp"
#include "http/shared.hpp"

#include <srs/http/feed.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace srs::http {

// Kept alive by its coroutines. Reading is in connection_read.cpp, answering in
// connection_answer.cpp, what goes on (events, WebSockets) in connection_feed.cpp: Beast's
// templates take their time to compile.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shared> shared, boost::asio::ip::tcp::socket socket);
  ~Connection();

  boost::asio::awaitable<void> run();
  // 503, whatever is asked.
  boost::asio::awaitable<void> refuse();

  void stop();   // closes it where it waits for a request, ends its feed
  void close();  // at once
  // Lower ones give way to a new connection first; those that are being answered never do.
  enum class Standing { Idle, HalfSent, Busy };
  Standing standing() const;
  // When what it does now will have taken too long.
  std::chrono::steady_clock::time_point until() const { return timer_.expiry(); }

 private:
  enum class Phase { Waiting, Reading, Writing };
  using Clock = std::chrono::steady_clock;

  // A feed that a route opened, until it is served.
  struct Opened {
    std::shared_ptr<Feed> feed;
    std::optional<Incoming> handshake;  // of a WebSocket
  };

  void begin(Phase phase, std::chrono::milliseconds limit);
  void expire();
  boost::asio::awaitable<bool> first_byte();
  bool is_line_end() const;
  // False where the connection ends with it.
  boost::asio::awaitable<bool> one_request();
  boost::asio::awaitable<boost::system::error_code> read(Parser& parser);
  boost::asio::awaitable<bool> answer(Incoming message);
  boost::asio::awaitable<Response> respond(Incoming message, std::string_view& endpoint);
  tracing::Span start_span(const tracing::SpanContext& parent, std::string_view endpoint,
                           const std::string& method, const Response& response) const;
  void count(const Incoming& message, std::string_view endpoint, int status);
  void note_answered(std::string_view endpoint, const std::string& method, int status,
                     const tracing::SpanContext& trace);
  boost::asio::awaitable<bool> write(Response response, unsigned version, bool keep_alive,
                                     bool head);
  boost::asio::awaitable<void> linger();

  Response open_feed(const Router::FeedRoute& route, const Request& request, bool head,
                     Incoming handshake);
  boost::asio::awaitable<void> serve_feed();
  boost::asio::awaitable<void> send_events(std::shared_ptr<Feed> feed);
  boost::asio::awaitable<bool> send(std::string text);
  // Of a feed: a client that takes nothing of what is sent for the time of a request is cut off and
  // counted.
  void begin_sending();
  void end_sending();
  // Begins later: `self` keeps the connection.
  static boost::asio::awaitable<void> watch(std::shared_ptr<Connection> self,
                                            std::shared_ptr<Feed> feed);
  boost::asio::awaitable<void> talk(std::shared_ptr<Feed> feed, Incoming handshake);

  std::shared_ptr<Shared> shared_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::string remote_;
  Phase phase_ = Phase::Waiting;
  bool timed_out_ = false;
  bool arrived_ = true;  // the whole request, or what ends it
  Clock::time_point started_;
  Opened opened_;
  bool handed_over_ = false;     // a feed had the socket last
  int fed_ = -1;                 // that socket, wherever it is now
  std::uint64_t taken_ = 0;      // of what it was sent, when that was looked at last
  std::weak_ptr<Feed> serving_;  // it ends when the server stops
  std::function<void()> cut_;    // closes what took the socket over
};

}  // namespace srs::http
