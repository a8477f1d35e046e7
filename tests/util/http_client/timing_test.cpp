// Time, cancellation, and how many may run at once.
#include "util/http_client/fetching.hpp"
#include "util/http_client/http_peer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <future>

namespace srs {
namespace {

using namespace std::chrono_literals;
using test::answering;
using test::HttpPeer;
using test::PeerConnection;
using test::PeerRequest;
using testing::Each;
using testing::HasSubstr;

class TimingTest : public FetchTest {
 protected:
  // Takes requests and never answers.
  HttpPeer silent{[](PeerConnection& connection) { connection.wait_closed(); }};
};

TEST_F(TimingTest, GivesUpOnASilentServer) {
  const auto outcome = fetch({.url = silent.url("/"), .timeout = 2s});
  EXPECT_EQ(kind(outcome), "timeout");
  EXPECT_EQ(outcome.error().text,
            "no whole answer within 2000 ms: it ended before the answer began");
}

TEST_F(TimingTest, GivesUpOnAnAnswerThatStops) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    connection.wait_closed();
  });
  const auto outcome = fetch({.url = peer.url("/"), .timeout = 2s});
  EXPECT_EQ(kind(outcome), "timeout");
  EXPECT_THAT(outcome.error().text, HasSubstr("before the answer was whole"));
}

TEST_F(TimingTest, GivesUpOnATrickle) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (connection.send("x")) std::this_thread::sleep_for(100ms);
  });
  const auto outcome = fetch({.url = peer.url("/"), .low_speed_bytes = 1000, .low_speed_time = 1s});
  EXPECT_EQ(kind(outcome), "timeout");
}

TEST_F(TimingTest, SaysWhereNobodyListens) {
  std::uint16_t port = 0;
  {
    port = HttpPeer([](PeerConnection&) {}).port();
  }
  const auto outcome = fetch({.url = "http://127.0.0.1:" + std::to_string(port) + "/?key=secret"});
  EXPECT_EQ(kind(outcome), "connect");
  EXPECT_THAT(outcome.error().text, testing::Not(HasSubstr("secret")));
}

TEST_F(TimingTest, GivesUpOnAConnectionThatIsNeverReady) {
  // TCP is accepted, TLS never answered.
  const auto outcome = fetch({.url = "https" + silent.url("/").substr(4), .connect_timeout = 50ms});
  EXPECT_EQ(kind(outcome), "connect");
}

TEST_F(TimingTest, CancelsByAToken) {
  const HttpCancellation token;
  const auto first = start({.url = silent.url("/"), .cancellation = token});
  const auto second = start({.url = silent.url("/"), .cancellation = token});
  const auto other = start({.url = silent.url("/"), .timeout = 3s});
  ASSERT_TRUE(run_until([&] { return silent.connections() == 3; }));
  token.cancel();
  EXPECT_EQ(kind(finish(first)), "cancelled");
  EXPECT_EQ(kind(finish(second)), "cancelled");
  EXPECT_EQ(client->active(), 1U);
  EXPECT_EQ(kind(finish(other)), "timeout");
  EXPECT_EQ(kind(fetch({.url = silent.url("/"), .cancellation = token})), "cancelled");
  token.cancel();  // nobody is left
}

TEST_F(TimingTest, CancelsByTheCoroutinesSlot) {
  boost::asio::cancellation_signal signal;
  std::optional<HttpOutcome> outcome;
  const auto wait = [](HttpClient& sending,
                       std::string url) -> boost::asio::awaitable<HttpOutcome> {
    HttpRequest request{.url = std::move(url)};
    co_return co_await sending.fetch(std::move(request));
  };
  boost::asio::co_spawn(
      io, wait(*client, silent.url("/")),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](std::exception_ptr, HttpOutcome got) { outcome = std::move(got); }));
  ASSERT_TRUE(run_until([&] { return silent.connections() == 1; }));
  signal.emit(boost::asio::cancellation_type::terminal);
  ASSERT_TRUE(run_until([&] { return outcome.has_value(); }));
  EXPECT_EQ(kind(*outcome), "cancelled");
  EXPECT_EQ(client->active(), 0U);
}

TEST_F(TimingTest, CancelsWhatRunsAndWhatWaitsWhereTheClientGoes) {
  auto few = options();
  few.max_active = 1;
  client.emplace(io.get_executor(), few);
  const auto running = start({.url = silent.url("/")});
  const auto waiting = start({.url = silent.url("/")});
  ASSERT_TRUE(run_until([&] { return silent.connections() == 1; }));
  EXPECT_EQ(client->waiting(), 1U);
  client.reset();
  EXPECT_EQ(kind(finish(running)), "cancelled");
  EXPECT_EQ(kind(finish(waiting)), "cancelled");
}

TEST_F(TimingTest, MayLoseItsClientWhileAnAnswerIsHandedOn) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\nfirst");
    connection.wait_closed();
  });
  const auto other = start({.url = silent.url("/")});
  const auto streamed = start({.url = peer.url("/"), .on_data = [&](const auto&, auto) {
                                 client.reset();
                                 return true;
                               }});
  EXPECT_EQ(kind(finish(streamed)), "cancelled");
  EXPECT_EQ(kind(finish(other)), "cancelled");
}

TEST_F(TimingTest, MayCancelOthersAndBeginMoreWhileAnAnswerIsHandedOn) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
  });
  HttpPeer friendly(answering([](const PeerRequest&) { return "more"; }));
  const HttpCancellation token;
  const auto other = start({.url = silent.url("/"), .cancellation = token});
  ASSERT_TRUE(run_until([&] { return silent.connections() == 1; }));
  outcomes.reserve(10);
  std::size_t more = 0;
  const auto streamed = start({.url = peer.url("/"), .on_data = [&](const auto&, auto) {
                                 token.cancel();
                                 more = start({.url = friendly.url("/")});
                                 return true;
                               }});
  EXPECT_EQ(kind(finish(streamed)), "success");
  EXPECT_EQ(kind(finish(other)), "cancelled");
  EXPECT_EQ(finish(more)->body, "more");
}

TEST_F(TimingTest, LetsACoroutineBeDestroyedWhileItWaits) {
  {
    boost::asio::io_context brief;
    Tasks local(brief.get_executor(), [](auto, auto) {});
    HttpClient mine(brief.get_executor(), options());
    const auto begin = [](HttpClient& sending, std::string url) -> boost::asio::awaitable<void> {
      HttpRequest request{.url = std::move(url)};
      co_await sending.fetch(std::move(request));
    };
    local.spawn("a", begin(mine, silent.url("/")));
    EXPECT_TRUE(test::wait_until([&] {
      brief.restart();
      brief.run_for(10ms);
      return silent.connections() == 1;
    }));
    EXPECT_EQ(mine.active(), 1U);
  }
}

TEST_F(TimingTest, RunsTwoHundredAtOnceWithinItsBounds) {
  HttpPeer peer(answering([](const PeerRequest& request) { return request.target; }));
  auto few = options();
  few.max_active_per_host = 20;
  client.emplace(io.get_executor(), few);
  for (int i = 0; i < 200; ++i) start({.url = peer.url("/" + std::to_string(i))});
  ASSERT_TRUE(run_until([&] { return client->active() > 0; }));
  EXPECT_LE(client->active(), 20U);
  for (std::size_t i = 0; i < 200; ++i) {
    const auto outcome = finish(i);
    ASSERT_EQ(kind(outcome), "success");
    EXPECT_EQ(outcome->body, "/" + std::to_string(i));
  }
  EXPECT_LE(peer.most_at_once(), 20U);
  EXPECT_LE(peer.connections(), 40U) << "connections are used again";
  EXPECT_EQ(client->finished(), 200U);
  EXPECT_EQ(client->active() + client->waiting(), 0U);
}

TEST_F(TimingTest, LetsOtherHostsPassThoseThatWait) {
  HttpPeer friendly(answering([](const PeerRequest&) { return "ok"; }));
  auto few = options();
  few.max_active_per_host = 1;
  client.emplace(io.get_executor(), few);
  start({.url = silent.url("/")});
  start({.url = silent.url("/")});
  EXPECT_EQ(kind(fetch({.url = friendly.url("/")})), "success");
  EXPECT_EQ(client->waiting(), 1U);
}

TEST_F(TimingTest, RefusesWhatTheQueueCannotHoldAndTimesOutWhatWaitsInIt) {
  auto few = options();
  few.max_active = 1;
  few.max_waiting = 2;
  client.emplace(io.get_executor(), few);
  start({.url = silent.url("/")});
  const auto queued = start({.url = silent.url("/"), .timeout = 50ms});
  start({.url = silent.url("/")});
  const auto refused = start({.url = silent.url("/")});
  EXPECT_EQ(kind(finish(refused)), "busy");
  const auto outcome = finish(queued);
  EXPECT_EQ(kind(outcome), "timeout");
  EXPECT_THAT(outcome.error().text, HasSubstr("while it waited for other requests"));
  EXPECT_EQ(client->waiting(), 1U);
  EXPECT_EQ(client->failed(Kind::Busy), 1U);
}

}  // namespace
}  // namespace srs
