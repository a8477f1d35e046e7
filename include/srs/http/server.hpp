// A small HTTP/1.1 server on Boost.Beast.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/result.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace srs::http {

struct Options {
  std::string listen = "0.0.0.0:8080";  // `[::]:8080`; port 0: any free one
  // A further one takes the place of one that idles or whose request is half sent, or gets 503.
  std::size_t max_connections = 256;
  std::size_t max_header_bytes = 8192;               // 431 beyond
  std::size_t max_body_bytes = 65536;                // 413 beyond
  std::chrono::milliseconds request_timeout{10000};  // for a request to arrive whole: 408
  std::chrono::milliseconds idle_timeout{30000};     // between requests of one connection
  // The bearer token (RFC 6750) of requests that change something; the file's first line wins.
  // Both empty: such requests get 403.
  std::string admin_token;
  std::string admin_token_file;
  // The same for requests that read what was said.
  std::string transcript_token;
  std::string transcript_token_file;
};

struct Request {
  std::string method;    // HEAD arrives as GET: the server leaves out the body itself
  std::string path;      // percent-decoded, without the query
  std::string captured;  // what stood in place of `{}` of the route's path
  std::vector<std::pair<std::string, std::string>> query;    // decoded, bounded
  std::string remote;                                        // `127.0.0.1:51000`
  std::vector<std::pair<std::string, std::string>> headers;  // bounded
  std::string body;

  // The first value of that name, empty where there is none. Headers regardless of case.
  std::string_view parameter(std::string_view name) const;
  std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  tracing::SpanContext linked = {};  // where its work is traced, if not below the request
};

// Small JSON body: {"error": text}.
Response error_response(int status, std::string_view text);

// What to answer a request that does not carry `token`: 401, or 403 that tells how to turn this on
// where `token` is empty: by the setting `key`. Nothing where it does. Takes the same time wherever
// tokens differ.
std::optional<Response> unauthorized(const Request& request, std::string_view token,
                                     std::string_view key = "http.admin_token");

using Handler = std::function<Response(const Request&)>;
// One that waits for something, a file for example, and leaves the io_context to others meanwhile.
using WaitingHandler = std::function<boost::asio::awaitable<Response>(Request)>;

class Feed;  // feed.hpp
// An answer at once (a refusal), or what goes on.
using FeedHandler = std::function<std::variant<Response, std::shared_ptr<Feed>>(const Request&)>;

// Serves the routes that were added before run(). HEAD works where GET does, other methods get 405
// with Allow, unknown paths 404. Counts http_requests_total{endpoint,method,code} and
// http_request_duration_seconds{endpoint}: endpoint is the route or `other`, method one of the
// known ones or `other`. Runs on the io_context; `tasks` and `registry` outlive it.
class Server {
 public:
  // Binds; an error names the address.
  static Result<std::unique_ptr<Server>> open(Tasks& tasks, const Options& options,
                                              metrics::Registry& registry, log::Logger log);
  virtual ~Server() = default;

  // One segment of `path` may be `{}`, which stands for any: `/recordings/{}/transcript`.
  virtual void route(std::string method, std::string path, Handler handler) = 0;
  virtual void route_waiting(std::string method, std::string path, WaitingHandler handler) = 0;
  // A GET that goes on until its feed ends or the client leaves: as server-sent events (WHATWG HTML
  // §9.2), or over a WebSocket (RFC 6455), a message a line. What WebSocket clients say is ignored.
  virtual void route_events(std::string path, FeedHandler handler) = 0;
  virtual void route_websocket(std::string path, FeedHandler handler) = 0;
  // Spans `http.request` for every route but those that probes and scrapers ask many times a
  // minute, whatever traceparent they send. `tracer` outlives the server; set before run().
  virtual void trace(tracing::Tracer& tracer) = 0;
  virtual void run() = 0;   // begins to accept
  virtual void stop() = 0;  // closes the listener and what is idle; requests in progress end
  virtual std::uint16_t port() const = 0;
  virtual std::size_t connections() const = 0;
};

}  // namespace srs::http
