// The WebSocket as Beast has it.
#pragma once

#include "http/websocket/websocket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket.hpp>

#include <memory>
#include <string>
#include <utility>

namespace srs::http {

inline constexpr auto kQuietly = boost::asio::as_tuple(boost::asio::use_awaitable);

class BeastWebSocket final : public WebSocket {
 public:
  BeastWebSocket(boost::asio::ip::tcp::socket socket, std::chrono::seconds idle);

  boost::asio::awaitable<bool> accept(Handshake handshake) override;
  boost::asio::awaitable<void> read_away() override;
  boost::asio::awaitable<bool> write(std::string message) override;
  boost::asio::awaitable<void> close() override;
  void cut() override;

 private:
  // Without compression (RFC 7692), which is half of the code.
  boost::beast::websocket::stream<boost::asio::ip::tcp::socket, false> stream_;
};

}  // namespace srs::http
