#include "http/connection.hpp"

#include "http/taken.hpp"

#include <srs/util/endpoint.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// After an answer that ends the connection, what the client still sends is read and thrown away
// for so long, lest a reset destroys the answer under way (RFC 9112 §9.6).
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::size_t kMaxRefusing = 64;

// Asked by probes and scrapers all day long. Prometheus sends a traceparent where it is traced
// itself: its own spans say as much as ours would.
bool is_watched(std::string_view endpoint) {
  return endpoint == "/metrics" || endpoint == "/health" || endpoint == "/ready" ||
         endpoint == "/live";
}

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

// False where the connection ends with it.
asio::awaitable<bool> Connection::one_request() {
  begin(Phase::Reading, shared_->options.request_timeout);
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(shared_->options.max_header_bytes));
  parser.body_limit(shared_->options.max_body_bytes);
  arrived_ = false;
  const error_code error = co_await read(parser);
  arrived_ = true;
  started_ = Clock::now();
  if (!error) co_return co_await answer(parser.release());
  const auto unread = buffer_.cdata();
  if (auto response =
          refusal(error, timed_out_, {static_cast<const char*>(unread.data()), unread.size()})) {
    count(parser.get(), kOther, response->status);
    co_await write(std::move(*response), 11, false, false);
  }
  co_return false;
}

asio::awaitable<error_code> Connection::read(Parser& parser) {
  auto [error, size] = co_await beast::http::async_read_header(socket_, buffer_, parser, kNoThrow);
  // RFC 9110 §10.1.1.
  if (!error && beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    std::tie(error, size) = co_await asio::async_write(
        socket_, asio::buffer(kContinue.data(), kContinue.size()), kNoThrow);
  }
  if (!error && !parser.is_done()) {
    std::tie(error, size) = co_await beast::http::async_read(socket_, buffer_, parser, kNoThrow);
  }
  co_return error;
}

asio::awaitable<bool> Connection::answer(Incoming message) {
  const bool head = message.method() == beast::http::verb::head;
  const unsigned version = message.version();
  const bool keep_alive = message.keep_alive() && !shared_->stopping;
  const std::string method(message.method_string());
  std::string_view endpoint = kOther;
  const auto parent = trace_of(message);
  auto response = co_await respond(std::move(message), endpoint);
  const int status = response.status;
  auto span = start_span(parent, endpoint, method, response);
  const auto trace = span.context().valid() ? span.context() : parent;
  if (opened_.feed) {
    span.end();  // of what goes on, the answer alone
    note_answered(endpoint, method, status, trace);
    co_await serve_feed();
    co_return false;
  }
  const bool written = co_await write(std::move(response), version, keep_alive, head);
  span.end();
  note_answered(endpoint, method, status, trace);
  co_return written&& keep_alive;
}

// A trace that is not sampled has nothing to show.
void Connection::note_answered(std::string_view endpoint, const std::string& method, int status,
                               const tracing::SpanContext& trace) {
  const auto took = Clock::now() - started_;
  shared_->metrics.answered(endpoint, method, status, took);
  const auto log =
      trace.sampled ? shared_->log.with("trace.id", trace.trace_id_hex()) : shared_->log;
  log.debug("http_request", {{"endpoint", endpoint},
                             {"method", method},
                             {"code", status},
                             {"remote", remote_},
                             {"seconds", std::chrono::duration<double>(took).count()}});
}

tracing::Span Connection::start_span(const tracing::SpanContext& parent, std::string_view endpoint,
                                     const std::string& method, const Response& response) const {
  if (shared_->tracer == nullptr || is_watched(endpoint)) return {};
  const auto begun =
      wall_now() - std::chrono::duration_cast<WallTime::duration>(Clock::now() - started_);
  auto span = shared_->tracer->start("http.request", parent, tracing::Kind::Server, begun);
  span.set("http.route", endpoint);
  span.set("http.request.method", method);
  span.set("http.response.status_code", response.status);
  span.set("network.peer.address", remote_);
  if (response.linked.valid()) span.link(response.linked);
  if (response.status >= 500) span.fail("");
  return span;
}

asio::awaitable<Response> Connection::respond(Incoming message, std::string_view& endpoint) {
  if (auto wrong = malformed(message)) co_return std::move(*wrong);
  auto target = parse_target(message.target());
  if (!target) co_return error_response(400, target.error().text);
  endpoint = shared_->router.endpoint(target->path);
  const bool head = message.method() == beast::http::verb::head;
  Incoming handshake(message.base());
  auto request = to_request(std::move(message), std::move(*target), remote_);
  if (const auto* route = shared_->router.feed(request))
    co_return open_feed(*route, request, head, std::move(handshake));
  const auto* handler = shared_->router.waiting(request);
  if (handler == nullptr) co_return shared_->router.answer(request);
  std::string failure;
  try {
    co_return co_await (*handler)(request);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  co_return shared_->router.failed(request, failure);
}

void Connection::count(const Incoming& message, std::string_view endpoint, int status) {
  shared_->metrics.answered(endpoint, message.method_string(), status, Clock::now() - started_);
  shared_->log.debug("http_request_refused", {{"code", status}, {"remote", remote_}});
}

asio::awaitable<bool> Connection::write(Response response, unsigned version, bool keep_alive,
                                        bool head) {
  begin(Phase::Writing, shared_->options.request_timeout);
  const Outgoing message = to_message(std::move(response), version, keep_alive);
  beast::http::response_serializer<beast::http::string_body> serializer(message);
  error_code error;
  std::size_t size = 0;
  if (head) {
    serializer.split(true);
    std::tie(error, size) = co_await beast::http::async_write_header(socket_, serializer, kNoThrow);
  } else {
    std::tie(error, size) = co_await beast::http::async_write(socket_, serializer, kNoThrow);
  }
  co_return !error;
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

namespace {

asio::awaitable<void> run(std::shared_ptr<Connection> connection) {
  co_await connection->run();
}

asio::awaitable<void> run_refusal(std::shared_ptr<Shared> shared,
                                  std::shared_ptr<Connection> connection) {
  co_await connection->refuse();
  connection.reset();
  --shared->refusing;
}

void note_crowd(Shared& shared) {
  ++shared.turned_away;
  shared.crowded.add(std::chrono::steady_clock::now());
}

}  // namespace

void serve(const std::shared_ptr<Shared>& shared, tcp::socket socket) {
  shared->tasks.spawn("http_connection",
                      run(std::make_shared<Connection>(shared, std::move(socket))));
}

bool make_room(Shared& shared) {
  Connection* longest = nullptr;
  const auto rank = [](const Connection& c) { return std::pair(c.standing(), c.until()); };
  for (auto* connection : shared.connections) {
    if (connection->standing() == Connection::Standing::Busy) continue;
    if (longest == nullptr || rank(*connection) < rank(*longest)) longest = connection;
  }
  if (longest == nullptr) return false;
  note_crowd(shared);
  longest->close();
  return true;
}

void refuse(const std::shared_ptr<Shared>& shared, tcp::socket socket) {
  note_crowd(*shared);
  shared->metrics.answered(kOther, kOther, 503, std::chrono::nanoseconds(0));
  if (shared->refusing >= kMaxRefusing) return;  // closes the socket
  ++shared->refusing;
  shared->tasks.spawn("http_refusal",
                      run_refusal(shared, std::make_shared<Connection>(shared, std::move(socket))));
}

void stop_connections(Shared& shared) {
  for (auto* connection : shared.connections) connection->stop();
}

void cut_connections(Shared& shared) {
  for (auto* connection : shared.connections) connection->close();
}

}  // namespace srs::http
