// Which handler answers a request.
#pragma once

#include <srs/http/server.hpp>
#include <srs/log/logger.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace srs::http {

// Routes are exact paths, or have one `{}` in place of a segment; HEAD is answered where GET is.
class Router {
 public:
  // `failures` counts handlers that threw; it outlives the router.
  Router(log::Logger log, std::atomic<std::uint64_t>& failures)
      : log_(std::move(log)), failures_(failures) {}

  void add(std::string method, std::string path, Handler handler);
  void add(std::string method, std::string path, WaitingHandler handler);

  struct FeedRoute {
    FeedHandler handler;
    bool websocket = false;  // else server-sent events
  };
  void add(std::string path, FeedRoute route);

  // The route's path as it may stand in a metric's label: the path where it is one, else `other`.
  std::string_view endpoint(std::string_view path) const;
  // The handler that waits, with what it captured put into the request; null where the route has
  // none.
  const WaitingHandler* waiting(Request& request) const;
  // The feed that a GET asks for, with what it captured put into the request; null for others.
  const FeedRoute* feed(Request& request) const;
  // 500, counted and logged.
  Response failed(const Request& request, std::string_view what) const;
  // 404 for unknown paths, 405 with Allow for other methods, 500 where a handler throws.
  Response answer(const Request& request) const;

 private:
  struct Handlers {
    Handler now;
    WaitingHandler waiting;
    FeedRoute feed;
  };
  const Handlers* handlers_of(Request& request) const;
  using Methods = std::map<std::string, Handlers, std::less<>>;
  using Routes = std::map<std::string, Methods, std::less<>>;
  static std::string allow(const Methods& methods);
  Routes::const_iterator find(std::string_view path) const;

  log::Logger log_;
  std::atomic<std::uint64_t>& failures_;
  Routes routes_;
};

}  // namespace srs::http
