// The answer to one request, its metrics and its span.
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

#include <tuple>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// Asked by probes and scrapers all day long. Prometheus sends a traceparent where it is traced
// itself: its own spans say as much as ours would.
bool is_watched(std::string_view endpoint) {
  return endpoint == "/metrics" || endpoint == "/health" || endpoint == "/ready" ||
         endpoint == "/live";
}

}  // namespace

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

}  // namespace srs::http
