#include "http/router.hpp"

#include "http/metrics.hpp"

#include <exception>
#include <utility>

namespace srs::http {

void Router::add(std::string method, std::string path, Handler handler) {
  routes_[std::move(path)][std::move(method)] = std::move(handler);
}

std::string_view Router::endpoint(std::string_view path) const {
  const auto route = routes_.find(path);
  return route == routes_.end() ? kOther : std::string_view(route->first);
}

Response Router::answer(const Request& request) const {
  const auto route = routes_.find(request.path);
  if (route == routes_.end()) return error_response(404, "no such path");
  const auto handler = route->second.find(request.method);
  if (handler == route->second.end()) {
    auto response = error_response(405, "method not allowed");
    response.headers.emplace_back("Allow", allow(route->second));  // RFC 9110 §15.5.6
    return response;
  }
  try {
    return handler->second(request);
  } catch (const std::exception& error) {
    ++failures_;
    log_.error("http_handler_failed", {{"path", request.path}, {"error", error.what()}});
    return error_response(500, "internal error");
  }
}

std::string Router::allow(const Methods& methods) {
  std::string all;
  for (const auto& [method, handler] : methods) {
    all += (all.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
  }
  return all;
}

}  // namespace srs::http
