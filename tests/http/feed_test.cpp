#include "http/fixture.hpp"

#include <srs/http/feed.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <deque>

namespace srs::http::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kCut = R"(errors_total{component="http",reason="slow_reader"} 1)";

// Says what the test tells it to, for one listener.
class Told final : public Feed {
 public:
  explicit Told(boost::asio::any_io_executor executor) : wake_(std::move(executor)) {}

  boost::asio::awaitable<std::optional<std::string>> next(
      std::chrono::milliseconds patience) override {
    if (lines_.empty() && !over_) {
      wake_.expires_after(patience);
      try {
        co_await wake_.async_wait(boost::asio::use_awaitable);
      } catch (const boost::system::system_error&) {  // woken
      }
    }
    if (lines_.empty()) {
      if (over_) co_return std::nullopt;
      co_return std::string();
    }
    auto line = std::move(lines_.front());
    lines_.pop_front();
    co_return line;
  }
  std::string id() const override { return id_; }
  void leave() override {
    left = true;
    end();
  }
  void number(std::string id) { id_ = std::move(id); }
  void say(std::string line) {
    lines_.push_back(std::move(line));
    wake_.cancel();
  }
  void end() {
    over_ = true;
    wake_.cancel();
  }

  bool left = false;

 private:
  boost::asio::steady_timer wake_;
  std::deque<std::string> lines_;
  std::string id_;
  bool over_ = false;
};

class Feeding : public RunningServer {
 protected:
  void begin(Options options = {}) {
    start(options);
    on_loop([this] {
      const auto open = [this](const Request& request) { return opened(request); };
      server_->route_events("/events", open);
      server_->route_websocket("/ws", open);
    });
  }
  std::variant<Response, std::shared_ptr<Feed>> opened(const Request& request) {
    if (request.parameter("why") == "no") return error_response(403, "no");
    feed_ = std::make_shared<Told>(io_.get_executor());
    return feed_;
  }
  void say(std::string line) {
    on_loop([&] { feed_->say(std::move(line)); });
  }
  bool left() {
    return on_loop([this] { return feed_ && feed_->left; });
  }

  std::shared_ptr<Told> feed_;
};

TEST_F(Feeding, SendsEachLineAsAnEventWhenItComes) {
  begin();
  auto client = connect();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.line(), "HTTP/1.1 200 OK");
  std::string head;
  for (auto line = client.line(); !line.empty(); line = client.line()) head += line + "\n";
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\n"));
  EXPECT_THAT(head, HasSubstr("Cache-Control: no-store\n"));
  EXPECT_EQ(client.line(), ": connected");
  EXPECT_EQ(client.line(), "");
  say("one");
  EXPECT_EQ(client.line(), "data: one");
  EXPECT_EQ(client.line(), "");
  say("two");
  on_loop([this] { feed_->end(); });
  EXPECT_EQ(client.rest(), "data: two\n\n");
}

TEST_F(Feeding, GivesALineTheIdThatItHas) {
  begin();
  auto client = connect();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  while (client.line() != ": connected") {
  }
  on_loop([this] {
    feed_->number("17");
    feed_->say("one");
    feed_->end();
  });
  EXPECT_EQ(client.rest(), "\nid: 17\ndata: one\n\n");
}

TEST_F(Feeding, NoticesAClientThatLeaves) {
  begin();
  {
    auto client = connect();
    client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.line(), "HTTP/1.1 200 OK");
  }
  EXPECT_TRUE(srs::test::wait_until([this] { return left(); }));
}

TEST_F(Feeding, CutsAClientThatTakesNothing) {
  Options options;
  options.request_timeout = std::chrono::seconds(1);
  begin(options);
  auto client = connect();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.line(), "HTTP/1.1 200 OK");
  say(std::string(64 << 20, 'x'));
  EXPECT_TRUE(srs::test::wait_until([this] { return left(); }));
  EXPECT_THAT(metrics_text(), HasSubstr(kCut));
}

TEST_F(Feeding, KeepsAClientThatTakesSlowly) {
  Options options;
  options.request_timeout = std::chrono::seconds(3);
  begin(options);
  auto client = connect();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.line(), "HTTP/1.1 200 OK");
  say(std::string(64 << 20, 'x'));
  std::string piece(64 << 10, '\0');
  const auto begun = std::chrono::steady_clock::now();
  std::size_t taken = 0;
  while (std::chrono::steady_clock::now() - begun < 2 * options.request_timeout) {
    const auto size = ::recv(client.fd(), piece.data(), piece.size(), 0);
    ASSERT_GT(size, 0) << "cut off after " << taken << " bytes";
    taken += static_cast<std::size_t>(size);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_LT(taken, 64U << 20) << "there is more to take";
  EXPECT_FALSE(left());
  EXPECT_THAT(metrics_text(), Not(HasSubstr(kCut)));
}

// It may talk all the time.
TEST_F(Feeding, CutsAWebSocketThatTakesNothing) {
  Options options;
  options.request_timeout = std::chrono::seconds(1);
  begin(options);
  auto client = connect();
  client.send(
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(client.line(), "HTTP/1.1 101 Switching Protocols");
  say(std::string(64 << 20, 'x'));
  EXPECT_TRUE(srs::test::wait_until([&] {
    const std::string masked_hello("\x81\x85\0\0\0\0hello", 11);
    client.send(masked_hello);
    return left();
  }));
  EXPECT_THAT(metrics_text(), HasSubstr(kCut));
}

TEST_F(Feeding, RefusesAsItsHandlerSays) {
  begin();
  EXPECT_EQ(srs::test::http_get(url("/events?why=no")).status, 403);
  EXPECT_EQ(srs::test::http_get(url("/ws?why=no")).status, 403);
  EXPECT_EQ(srs::test::http_request("POST", url("/events")).status, 405);
}

TEST_F(Feeding, TellsWhoSpeaksNoWebSocketToUpgrade) {
  begin();
  const auto reply = srs::test::http_get(url("/ws"));
  EXPECT_EQ(reply.status, 426);
  EXPECT_EQ(reply.header("upgrade"), "websocket");
}

TEST_F(Feeding, AnswersHeadWithoutGoingOn) {
  begin();
  const auto reply = srs::test::http_request("HEAD", url("/events"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "text/event-stream");
}

TEST_F(Feeding, EndsWithTheServer) {
  begin();
  auto client = connect();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.line(), "HTTP/1.1 200 OK");
  on_loop([this] { server_->stop(); });
  EXPECT_THAT(client.rest(), Not(HasSubstr("data:")));
}

TEST_F(Feeding, CountsWhatItAnswered) {
  begin();
  auto client = connect();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.line(), "HTTP/1.1 200 OK");
  EXPECT_THAT(metrics_text(),
              HasSubstr(R"(http_requests_total{code="200",endpoint="/events",method="GET"} 1)"));
}

}  // namespace
}  // namespace srs::http::test
