#include "app/stt/live_routes.hpp"

#include <srs/http/feed.hpp>
#include <srs/util/text.hpp>

#include <atomic>
#include <utility>

namespace srs::app {
namespace {

// What a listener of the broadcast hears, and what it missed.
class LiveFeed final : public http::Feed {
 public:
  explicit LiveFeed(std::shared_ptr<stt::Broadcast::Listener> listener)
      : listener_(std::move(listener)) {}

  boost::asio::awaitable<std::optional<std::string>> next(
      std::chrono::milliseconds patience) override {
    if (const auto missed = listener_->missed(); missed > told_) {
      auto line = "{\"missed\":" + std::to_string(missed - told_) + "}";
      told_ = missed;
      id_.clear();
      co_return line;
    }
    auto line = co_await listener_->next(patience);
    id_ = std::to_string(listener_->number());
    co_return line;
  }
  std::string id() const override { return id_; }
  void leave() override { listener_->leave(); }

 private:
  std::shared_ptr<stt::Broadcast::Listener> listener_;
  std::uint64_t told_ = 0;
  std::string id_;
};

// Browsers can't set headers for EventSource and WebSocket.
http::Request with_token_of_query(http::Request request) {
  const std::string token(request.parameter("access_token"));
  if (request.header("Authorization").empty() && !token.empty())
    request.headers.emplace_back("Authorization", "Bearer " + token);
  return request;
}

http::Response one_too_many(Components& c, const http::Request& request,
                            std::atomic<std::uint64_t>& refused) {
  ++refused;
  c.listener_refusals.add(log::Folded::Clock::now(), 1, [&] {
    return log::Fields{{"remote", request.remote}, {"limit", c.settings.stt.live.max_listeners}};
  });
  return http::error_response(503, "too many listen already (stt.live.max_listeners)");
}

std::variant<http::Response, std::shared_ptr<http::Feed>> open(
    Components& c, const http::Request& request, std::atomic<std::uint64_t>& refusals) {
  const auto refused = http::unauthorized(with_token_of_query(request),
                                          c.transcript_token.current(), "http.transcript_token");
  if (refused) return *refused;
  if (!c.live) return http::error_response(404, "live transcription is off: set stt.live.provider");
  auto listener = c.live->broadcast().listen(std::string(request.parameter("recording")));
  if (!listener) return one_too_many(c, request, refusals);
  return std::make_shared<LiveFeed>(std::move(listener));
}

}  // namespace

void add_live_routes(Components& c) {
  auto& refusals = c.registry.error("http", "listener_limit");
  const auto handler = [&c, &refusals](const http::Request& request) {
    return open(c, request, refusals);
  };
  c.http->route_events("/events/transcriptions", handler);
  c.http->route_websocket("/ws/transcriptions", handler);
}

}  // namespace srs::app
