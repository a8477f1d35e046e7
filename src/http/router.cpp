#include "http/router.hpp"

#include "http/metrics.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace srs::http {
namespace {

// What stands in `path` where `pattern` has `{}`; empty where they differ, or nothing stands there.
std::string_view captured(std::string_view pattern, std::string_view path) {
  const auto at = pattern.find("{}");
  if (at == std::string_view::npos) return {};
  const auto tail = pattern.substr(at + 2);
  if (path.size() <= at + tail.size() || !path.starts_with(pattern.substr(0, at)) ||
      !path.ends_with(tail)) {
    return {};
  }
  const auto middle = path.substr(at, path.size() - at - tail.size());
  return middle.find('/') == std::string_view::npos ? middle : std::string_view();
}

}  // namespace

void Router::add(std::string method, std::string path, Handler handler) {
  routes_[std::move(path)][std::move(method)].now = std::move(handler);
}

void Router::add(std::string method, std::string path, WaitingHandler handler) {
  routes_[std::move(path)][std::move(method)].waiting = std::move(handler);
}

Router::Routes::const_iterator Router::find(std::string_view path) const {
  const auto exact = routes_.find(path);
  if (exact != routes_.end()) return exact;
  return std::find_if(routes_.begin(), routes_.end(),
                      [&](const auto& route) { return !captured(route.first, path).empty(); });
}

void Router::add(std::string path, FeedRoute route) {
  routes_[std::move(path)]["GET"].feed = std::move(route);
}

const Router::Handlers* Router::handlers_of(Request& request) const {
  const auto route = find(request.path);
  if (route == routes_.end()) return nullptr;
  const auto handlers = route->second.find(request.method);
  if (handlers == route->second.end()) return nullptr;
  request.captured = captured(route->first, request.path);
  return &handlers->second;
}

const WaitingHandler* Router::waiting(Request& request) const {
  const auto* handlers = handlers_of(request);
  return handlers != nullptr && handlers->waiting ? &handlers->waiting : nullptr;
}

const Router::FeedRoute* Router::feed(Request& request) const {
  const auto* handlers = handlers_of(request);
  return handlers != nullptr && handlers->feed.handler ? &handlers->feed : nullptr;
}

std::string_view Router::endpoint(std::string_view path) const {
  const auto route = find(path);
  return route == routes_.end() ? kOther : std::string_view(route->first);
}

Response Router::answer(const Request& request) const {
  const auto route = find(request.path);
  if (route == routes_.end()) return error_response(404, "no such path");
  const auto handler = route->second.find(request.method);
  if (handler == route->second.end()) {
    auto response = error_response(405, "method not allowed");
    response.headers.emplace_back("Allow", allow(route->second));  // RFC 9110 §15.5.6
    return response;
  }
  try {
    return handler->second.now(request);
  } catch (const std::exception& error) {
    return failed(request, error.what());
  }
}

Response Router::failed(const Request& request, std::string_view what) const {
  ++failures_;
  log_.error("http_handler_failed", {{"path", request.path}, {"error", what}});
  return error_response(500, "internal error");
}

std::string Router::allow(const Methods& methods) {
  std::string all;
  for (const auto& [method, handler] : methods) {
    all += (all.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
  }
  return all;
}

}  // namespace srs::http
