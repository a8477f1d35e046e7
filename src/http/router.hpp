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

// Routes are exact paths; HEAD is answered where GET is.
class Router {
 public:
  // `failures` counts handlers that threw; it outlives the router.
  Router(log::Logger log, std::atomic<std::uint64_t>& failures)
      : log_(std::move(log)), failures_(failures) {}

  void add(std::string method, std::string path, Handler handler);

  // The route's path as it may stand in a metric's label: the path where it is one, else `other`.
  std::string_view endpoint(std::string_view path) const;
  // 404 for unknown paths, 405 with Allow for other methods, 500 where a handler throws.
  Response answer(const Request& request) const;

 private:
  using Methods = std::map<std::string, Handler, std::less<>>;
  static std::string allow(const Methods& methods);

  log::Logger log_;
  std::atomic<std::uint64_t>& failures_;
  std::map<std::string, Methods, std::less<>> routes_;
};

}  // namespace srs::http
