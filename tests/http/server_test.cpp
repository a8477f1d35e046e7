#include "http/fixture.hpp"
#include "support/socket.hpp"

#include <srs/http/server.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace srs::http::test {
namespace {

using srs::test::http_get;
using srs::test::http_request;
using testing::HasSubstr;

TEST_F(RunningServer, AnswersARouteWithItsBodyTypeAndHeaders) {
  start();
  const auto reply = http_get(url("/hello"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello\n");
  EXPECT_EQ(reply.header("content-type"), "text/plain");
  EXPECT_EQ(reply.header("x-test"), "yes");
  EXPECT_THAT(reply.header("date"), testing::MatchesRegex("..., .. ... .... ..:..:.. GMT"));
  EXPECT_EQ(reply.header("server"), "");
}

TEST_F(RunningServer, AnswersHeadWithTheHeadersOfGetAndNoBody) {
  start();
  auto connection = connect();
  connection.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = connection.reply(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "6");
  EXPECT_EQ(connection.reply().body, "hello\n");  // nothing stands between the two
}

TEST_F(RunningServer, NamesTheAllowedMethodsWhereItRefusesOne) {
  start();
  const auto reply = http_request("DELETE", url("/hello"));
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.header("allow"), "GET, HEAD");
  EXPECT_EQ(http_request("HEAD", url("/echo")).header("allow"), "POST");
  EXPECT_EQ(http_request("OPTIONS", url("/hello")).status, 405);
  EXPECT_EQ(http_request("FROBNICATE", url("/hello")).status, 405);
}

TEST_F(RunningServer, SaysWhatIsWrongInASmallJsonBody) {
  start();
  const auto reply = http_get(url("/nowhere"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(reply.body)["error"], "no such path");
}

TEST_F(RunningServer, Answers500WhereAHandlerThrowsAndGoesOn) {
  start();
  const auto reply = http_get(url("/fails"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, testing::Not(HasSubstr("broken")));
  EXPECT_EQ(http_get(url("/hello")).status, 200);
}

TEST_F(RunningServer, GivesHandlersTheQueryHeadersAndPeer) {
  start();
  const auto reply =
      exchange("GET /query?b=1&a=x%20y+z&a=second HTTP/1.1\r\nHost: x\r\nX-SENT: v\r\n\r\n");
  EXPECT_THAT(reply.body, testing::StartsWith("x y z|v|127.0.0.1:"));
}

TEST_F(RunningServer, ReadsBodiesOfKnownLengthAndInChunks) {
  start();
  EXPECT_EQ(http_request("POST", url("/echo"), "some body").body, "some body");
  const auto reply = exchange(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nsome\r\n5\r\n body\r\n0\r\n\r\n");
  EXPECT_EQ(reply.body, "some body");
}

TEST_F(RunningServer, InvitesTheBodyOfAClientThatExpectsIt) {
  start();
  auto connection = connect();
  connection.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.reply().status, 100);
  connection.send("body");
  EXPECT_EQ(connection.reply().body, "body");
}

TEST_F(RunningServer, AnswersPipelinedRequestsInOrder) {
  start();
  auto connection = connect();
  connection.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
      "\r\n"  // RFC 9112 §2.2: to be ignored
      "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nthree");
  EXPECT_EQ(connection.reply().body, "one");
  EXPECT_EQ(connection.reply().status, 404);
  EXPECT_EQ(connection.reply().body, "three");
}

TEST_F(RunningServer, KeepsAConnectionAsItsVersionAndHeaderSay) {
  start();
  auto persistent = connect();
  persistent.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(persistent.reply().header("connection"), "");
  persistent.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(persistent.reply().header("connection"), "close");
  EXPECT_EQ(persistent.rest(), "");

  auto old = connect();
  old.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto reply = old.reply();
  EXPECT_EQ(reply.version, "HTTP/1.0");
  EXPECT_EQ(reply.header("connection"), "keep-alive");
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.reply().body, "hello\n");
  EXPECT_EQ(old.rest(), "");
}

TEST_F(RunningServer, TakesAbsoluteTargets) {
  start();
  EXPECT_EQ(exchange("GET http://proxy:1/hello HTTP/1.1\r\nHost: proxy:1\r\n\r\n").status, 200);
}

TEST_F(RunningServer, AnswersTheRequestInProgressAndClosesIdleConnectionsWhenStopped) {
  start();
  auto idle = connect();
  idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.reply().status, 200);
  auto busy = connect();
  busy.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(busy.reply().status, 100);

  on_loop([this] { server_->stop(); });
  EXPECT_EQ(idle.rest(), "");
  busy.send("last");
  const auto reply = busy.reply();
  EXPECT_EQ(reply.body, "last");
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(busy.rest(), "");
  EXPECT_THROW(connect(), std::runtime_error);
}

TEST_F(RunningServer, NamesTheAddressThatIsTaken) {
  start();
  Options options;
  options.listen = "127.0.0.1:" + std::to_string(port_);
  const auto second = on_loop([&] { return Server::open(tasks_, options, registry_, {}); });
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text, HasSubstr(options.listen));
}

TEST(Server, TakesBothFamiliesOnTheIPv6Wildcard) {
  if (!srs::test::has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  boost::asio::io_context io;
  metrics::Registry registry;
  Tasks tasks(io.get_executor(), [](auto, auto) {});
  Options options;
  options.listen = "[::]:0";
  auto server = Server::open(tasks, options, registry, {});
  ASSERT_TRUE(server) << server.error().text;
  (*server)->run();
  std::thread thread([&] { io.run(); });
  EXPECT_EQ(http_get("http://127.0.0.1:" + std::to_string((*server)->port()) + "/").status, 404);
  EXPECT_EQ(http_get("http://[::1]:" + std::to_string((*server)->port()) + "/").status, 404);
  boost::asio::post(io, [&] { server->reset(); });
  thread.join();
}

TEST_F(RunningServer, AnswersWhatWaitsForSomething) {
  start();
  const auto reply = srs::test::http_get(url("/later/a%20b"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "a b");
  EXPECT_EQ(srs::test::http_get(url("/later/broken")).status, 500);
  EXPECT_NE(metrics_text().find("endpoint=\"/later/{}\""), std::string::npos);
}

}  // namespace
}  // namespace srs::http::test
