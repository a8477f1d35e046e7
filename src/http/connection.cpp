#include "http/connection.hpp"

#include "http/taken.hpp"

#include <srs/util/endpoint.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// After an answer that ends the connection, what the client still sends is read and thrown away
// for so long, lest a reset destroys the answer under way (RFC 9112 §9.6).
constexpr std::chrono::milliseconds kLinger{1000};

}  // namespace

Connection::Connection(std::shared_ptr<Shared> shared, tcp::socket socket)
    : shared_(std::move(shared)),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      // The parser says 431 before the buffer is full.
      buffer_(shared_->options.max_header_bytes + 1024) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  remote_ = to_string(Endpoint{peer.address(), peer.port()});
  shared_->connections.insert(this);
}
Connection::~Connection() {
  shared_->connections.erase(this);
}

asio::awaitable<void> Connection::run() {
  // Step by step: g++ 12 loses its way in `co_await a() && co_await b()`.
  bool open = true;
  while (open) {
    open = co_await first_byte();
    if (open) open = co_await one_request();
  }
  if (!handed_over_) co_await linger();
}

asio::awaitable<void> Connection::refuse() {
  co_await write(error_response(503, "too many connections"), 11, false, false);
  co_await linger();
}

void Connection::stop() {
  if (const auto feed = serving_.lock()) return feed->leave();
  if (phase_ == Phase::Waiting) close();
}

void Connection::close() {
  if (cut_) cut_();
  error_code ignored;
  socket_.close(ignored);
}

Connection::Standing Connection::standing() const {
  const bool begun = timer_.expiry() != Clock::time_point{};
  if (!begun || !serving_.expired() || !socket_.is_open()) return Standing::Busy;
  if (phase_ == Phase::Waiting) return Standing::Idle;
  return phase_ == Phase::Reading && !arrived_ ? Standing::HalfSent : Standing::Busy;
}

// From now on `limit` holds for what the connection does.
void Connection::begin(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  timer_.expires_after(limit);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (!error && self && self->timer_.expiry() <= Clock::now()) self->expire();
  });
}

// Both ways end operations that begin later, too: cancel() alone would miss one between two
// reads.
void Connection::expire() {
  if (phase_ == Phase::Writing && handed_over_) {
    if (bytes_taken(fed_) > taken_) return begin_sending();  // slowly: it misses lines instead
    ++shared_->slow_reader;
    shared_->cut.add(Clock::now(), 1, [this] { return log::Fields{{"remote", remote_}}; });
  }
  if (phase_ != Phase::Reading) return close();
  timed_out_ = true;
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_receive, ignored);
}

// Waits for a request to begin. RFC 9112 §2.2: empty lines before one are ignored.
asio::awaitable<bool> Connection::first_byte() {
  begin(Phase::Waiting, shared_->options.idle_timeout);
  while (!shared_->stopping) {
    while (buffer_.size() > 0 && is_line_end()) buffer_.consume(1);
    if (buffer_.size() > 0) co_return true;
    const auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(1024), kNoThrow);
    if (error) break;
    buffer_.commit(size);
  }
  co_return false;
}

bool Connection::is_line_end() const {
  const char first = *static_cast<const char*>(buffer_.cdata().data());
  return first == '\r' || first == '\n';
}

asio::awaitable<void> Connection::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (ignored) co_return;
  begin(Phase::Waiting, shared_->stopping ? std::chrono::milliseconds(100) : kLinger);
  std::array<char, 4096> waste;
  for (std::size_t left = 256; left > 0; --left) {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(waste), kNoThrow);
    if (error) break;
  }
}

}  // namespace srs::http
