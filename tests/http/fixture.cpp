#include "http/fixture.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>

namespace srs::http::test {

void RunningServer::start(Options options) {
  options.listen = "127.0.0.1:0";
  auto server = Server::open(tasks_, options, registry_, {});
  ASSERT_TRUE(server) << server.error().text;
  server_ = std::move(*server);
  port_ = server_->port();
  server_->route("GET", "/hello", [](const Request&) {
    return Response{200, "text/plain", "hello\n", {{"X-Test", "yes"}}};
  });
  server_->route("POST", "/echo", [](const Request& request) {
    return Response{200, "text/plain", request.body, {}};
  });
  server_->route("GET", "/fails",
                 [](const Request&) -> Response { throw std::runtime_error("broken"); });
  server_->route("GET", "/big", [](const Request&) {
    return Response{200, "text/plain", std::string(8 << 20, 'x'), {}};
  });
  server_->route("GET", "/query", [](const Request& request) {
    return Response{200,
                    "text/plain",
                    std::string(request.parameter("a")) + "|" +
                        std::string(request.header("x-sent")) + "|" + request.remote,
                    {}};
  });
  server_->route_waiting("GET", "/later/{}",
                         [this](Request request) -> boost::asio::awaitable<Response> {
                           boost::asio::steady_timer timer(io_, std::chrono::milliseconds(5));
                           co_await timer.async_wait(boost::asio::use_awaitable);
                           if (request.captured == "broken") throw std::runtime_error("broken");
                           co_return Response{200, "text/plain", request.captured, {}};
                         });
  server_->run();
  work_.emplace(io_.get_executor());
  thread_ = std::thread([this] { io_.run(); });
}

RunningServer::~RunningServer() {
  if (!thread_.joinable()) return;
  on_loop([this] { server_.reset(); });
  work_.reset();
  thread_.join();  // every coroutine has ended
  EXPECT_TRUE(escaped_.empty()) << escaped_.front();
  EXPECT_EQ(tasks_.running(), 0U);
}

std::string RunningServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

srs::test::HttpConnection RunningServer::connect() const {
  return srs::test::HttpConnection("127.0.0.1", port_);
}

srs::test::HttpReply RunningServer::exchange(const std::string& bytes) const {
  auto connection = connect();
  connection.send(bytes);
  return connection.reply();
}

}  // namespace srs::http::test
