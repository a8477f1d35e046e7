#include "stt/exchange.hpp"
#include "stt/live/connection.hpp"

#include <srs/util/time.hpp>

#include <string>
#include <utility>

namespace srs::stt {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

// Judged as any answer is, with the provider's own words; Deepgram has its in a header too.
Failure declined(const websocket::response_type& response, const WebSocket::Headers& sent,
                 ReadComplaint complaints) {
  HttpResponse told;
  told.status = static_cast<int>(response.result_int());
  told.body = response.body();
  for (const auto& field : response)
    told.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  if (told.body.empty()) told.body = told.header("dg-error");
  auto failure = judge(told, wall_now(), complaints);
  if (!failure)
    return {Reason::Refused, "HTTP " + std::to_string(told.status) + ": no WebSocket is there"};
  failure->text = without_secrets(std::move(failure->text), sent);
  return std::move(*failure);
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
  if (error == websocket::error::upgrade_declined)
    co_return declined(response, headers, options.complaints);
  if (error) co_return failed(Reason::Reset, "handshake", error);
  co_return Outcome<void>();
}

}  // namespace srs::stt
