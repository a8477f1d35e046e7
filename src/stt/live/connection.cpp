#include "stt/live/connection.hpp"

#include <srs/util/text.hpp>

namespace srs::stt {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

Failure failed(Reason reason, std::string_view doing, const error_code& error) {
  if (error == beast::error::timeout) reason = Reason::Timeout;
  return {reason, std::string(doing) + ": " + error.message()};
}

namespace {

Failure unreadable(const error_code& error) {
  const auto reason = [&] {
    if (error == beast::websocket::error::message_too_big) return Reason::TooLarge;
    // RFC 6455 §8.1, text that is not UTF-8, among others.
    if (error == beast::websocket::condition::protocol_violation) return Reason::BadAnswer;
    return Reason::Reset;
  }();
  return failed(reason, "read", error);
}

// Its code and words tell what was wrong with the audio or the account (RFC 6455 §7.4).
Failure closed(const beast::websocket::close_reason& reason) {
  using beast::websocket::close_code;
  Failure failure{Reason::Reset, std::string(kClosedByProvider)};
  if (reason.code == close_code::none || reason.code == close_code::normal) return failure;
  auto words = to_utf8({reason.reason.data(), reason.reason.size()});
  for (auto& c : words)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  failure.text += ": " + std::to_string(reason.code) + (words.empty() ? "" : " " + words);
  return failure;
}

}  // namespace

asio::awaitable<Outcome<std::string>> Connection::read() {
  const auto self = shared_from_this();
  beast::flat_buffer buffer;
  error_code error;
  co_await socket_.async_read(buffer, quietly(error));
  if (error == beast::websocket::error::closed) co_return closed(socket_.reason());
  if (error) co_return unreadable(error);
  co_return Outcome<std::string>(boost::system::in_place_value,
                                 beast::buffers_to_string(buffer.data()));
}

asio::awaitable<Outcome<void>> Connection::write(std::string message, bool binary) {
  const auto self = shared_from_this();
  socket_.binary(binary);
  error_code error;
  co_await socket_.async_write(asio::buffer(message), quietly(error));
  if (error) co_return failed(Reason::Reset, "write", error);
  co_return Outcome<void>();
}

}  // namespace srs::stt
