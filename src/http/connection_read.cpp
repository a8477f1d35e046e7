// The reading of one request.
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <tuple>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

}  // namespace

asio::awaitable<bool> Connection::one_request() {
  begin(Phase::Reading, shared_->options.request_timeout);
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(shared_->options.max_header_bytes));
  parser.body_limit(shared_->options.max_body_bytes);
  arrived_ = false;
  const error_code error = co_await read(parser);
  arrived_ = true;
  started_ = Clock::now();
  if (!error) co_return co_await answer(parser.release());
  const auto unread = buffer_.cdata();
  if (auto response =
          refusal(error, timed_out_, {static_cast<const char*>(unread.data()), unread.size()})) {
    count(parser.get(), kOther, response->status);
    co_await write(std::move(*response), 11, false, false);
  }
  co_return false;
}

asio::awaitable<error_code> Connection::read(Parser& parser) {
  auto [error, size] = co_await beast::http::async_read_header(socket_, buffer_, parser, kNoThrow);
  // RFC 9110 §10.1.1.
  if (!error && beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    std::tie(error, size) = co_await asio::async_write(
        socket_, asio::buffer(kContinue.data(), kContinue.size()), kNoThrow);
  }
  if (!error && !parser.is_done()) {
    std::tie(error, size) = co_await beast::http::async_read(socket_, buffer_, parser, kNoThrow);
  }
  co_return error;
}

}  // namespace srs::http
