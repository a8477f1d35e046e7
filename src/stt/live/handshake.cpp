#include "stt/backoff.hpp"
#include "stt/live/connection.hpp"

#include <srs/util/time.hpp>

namespace srs::stt {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

Failure declined(const websocket::response_type& response) {
  const auto status = response.result_int();
  const auto reason = [status] {
    if (status == 401 || status == 403) return Reason::Auth;
    if (status == 402) return Reason::Quota;
    if (status == 429) return Reason::RateLimited;
    return status >= 500 ? Reason::Server : Reason::Refused;
  }();
  const std::string_view later = response[boost::beast::http::field::retry_after];
  return {reason, "refused with HTTP " + std::to_string(status), retry_after(later, wall_now())};
}

}  // namespace

asio::awaitable<Outcome<void>> Connection::shake_hands(const WebSocketUrl& url,
                                                       const Headers& headers,
                                                       const Options& options) {
  tcp().expires_never();  // from here on the socket has its own clock
  auto timeouts = websocket::stream_base::timeout::suggested(boost::beast::role_type::client);
  timeouts.handshake_timeout = options.connect_timeout;
  timeouts.idle_timeout = options.idle_timeout;
  timeouts.keep_alive_pings = true;
  socket_.set_option(timeouts);
  socket_.set_option(websocket::stream_base::decorator([headers](websocket::request_type& request) {
    request.set(boost::beast::http::field::user_agent, "siprec-server/" SRS_VERSION);
    for (const auto& [name, value] : headers) request.set(name, value);
  }));
  socket_.read_message_max(options.max_message);
  socket_.auto_fragment(false);  // not every server puts fragments together
  websocket::response_type response;
  boost::system::error_code error;
  co_await socket_.async_handshake(response, url.authority(), url.target, quietly(error));
  if (error == websocket::error::upgrade_declined) co_return declined(response);
  if (error) co_return failed(Reason::Reset, "handshake", error);
  co_return Outcome<void>();
}

}  // namespace srs::stt
