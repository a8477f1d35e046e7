// What the server does with clients that mean harm, or know no better.
#include "http/fixture.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <random>

namespace srs::http::test {
namespace {

using srs::test::http_get;
using srs::test::HttpConnection;
using srs::test::wait_until;
using std::chrono::milliseconds;

TEST_F(RunningServer, Answers431ToAHeaderThatIsTooLarge) {
  start();
  EXPECT_EQ(exchange("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'a')).status,
            431);
  EXPECT_EQ(exchange("GET /" + std::string(20000, 'a')).status, 431);
  std::string many;
  for (int i = 0; i < 150; ++i) many += "A: b\r\n";
  EXPECT_EQ(exchange("GET /hello HTTP/1.1\r\nHost: x\r\n" + many + "\r\n").status, 431);
}

TEST_F(RunningServer, TakesAHeaderUpToItsLimit) {
  start();
  EXPECT_EQ(exchange("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(8000, 'a') + "\r\n\r\n")
                .status,
            200);
}

TEST_F(RunningServer, Answers413ToABodyThatIsTooLarge) {
  Options options;
  options.max_body_bytes = 10;
  start(options);
  EXPECT_EQ(
      exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789").status,
      200);
  EXPECT_EQ(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n").status, 413);
  // The length is not told before, and the answer reaches a client that still sends.
  EXPECT_EQ(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "ffff\r\n" +
                     std::string(0xffff, 'a') + "\r\n0\r\n\r\n")
                .status,
            413);
}

TEST_F(RunningServer, Answers400ToWhatIsNoRequest) {
  start();
  for (const std::string bytes : {
           "\x16\x03\x01\x02\x01\r\n\r\n",                                  // TLS
           "GET\r\n\r\n",                                                   //
           "GET /hello HTTP/1.1\r\n\r\n",                                   // no Host
           "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",             //
           "GET /hello HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",            //
           "GET /hello HTTP/1.1\r\nHost : x\r\n\r\n",                       //
           "GET /he%zzllo HTTP/1.1\r\nHost: x\r\n\r\n",                     //
           "GET /hello%00 HTTP/1.1\r\nHost: x\r\n\r\n",                     //
           "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",  //
           "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           // RFC 9112 §6.1: two lengths, as request smuggling has it.
           "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       }) {
    EXPECT_EQ(exchange(bytes).status, 400) << bytes;
  }
}

TEST_F(RunningServer, Answers505ToAnotherVersion) {
  start();
  EXPECT_EQ(exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 505);
}

TEST_F(RunningServer, SaysHowLinesEndToThoseWhoEndThemWithoutACarriageReturn) {
  start();
  for (const char* bytes : {"GET /hello HTTP/1.1\nHost: x\n\n", "GET /hello HTTP/1.0\n\n"}) {
    const auto reply = exchange(bytes);
    EXPECT_EQ(reply.status, 400) << bytes;
    EXPECT_THAT(reply.body, testing::HasSubstr("CR LF")) << bytes;
  }
  EXPECT_EQ(exchange("GET /hello HTTP/3.0\r\n\r\n").status, 505);
}

TEST_F(RunningServer, CutsARequestThatArrivesTooSlowlyWith408) {
  Options options;
  options.request_timeout = milliseconds(100);
  start(options);
  EXPECT_EQ(exchange("GET /hello HTTP/1.1\r\nHo").status, 408);
  EXPECT_EQ(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab").status, 408);
}

TEST_F(RunningServer, CutsAClientThatDripsBytesForEver) {
  Options options;
  options.request_timeout = milliseconds(200);
  start(options);
  auto connection = connect();
  connection.send("GET /hello HTTP/1.1\r\nHost: x\r\n");
  EXPECT_TRUE(wait_until([&] { return !connection.send("X: y\r\n"); }));
  // The method is known where the request's first line was read before the time was up.
  EXPECT_THAT(
      metrics_text(),
      testing::AnyOf(testing::HasSubstr("code=\"408\",endpoint=\"other\",method=\"GET\"} 1"),
                     testing::HasSubstr("code=\"408\",endpoint=\"other\",method=\"other\"} 1")));
}

TEST_F(RunningServer, ClosesAConnectionThatSendsNothing) {
  Options options;
  options.idle_timeout = milliseconds(100);
  start(options);
  auto connection = connect();
  EXPECT_EQ(connection.rest(), "");
}

TEST_F(RunningServer, ClosesAClientThatDoesNotReadItsAnswer) {
  Options options;
  options.request_timeout = milliseconds(2000);
  start(options);
  auto connection = connect();
  connection.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(wait_until([&] { return on_loop([&] { return server_->connections(); }) == 1; }));
  EXPECT_TRUE(wait_until([&] { return on_loop([&] { return server_->connections(); }) == 0; }));
  EXPECT_LT(connection.rest().size(), std::size_t{8} << 20);
}

TEST_F(RunningServer, Answers503WhereAllConnectionsAreBeingAnsweredAndRecovers) {
  Options options;
  options.max_connections = 2;
  start(options);
  {
    std::vector<std::unique_ptr<HttpConnection>> slow;  // readers of what no socket holds
    for (int i = 0; i < 2; ++i) {
      slow.push_back(std::make_unique<HttpConnection>("127.0.0.1", port_));
      slow.back()->send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
      pollfd begun{slow.back()->fd(), POLLIN, 0};
      EXPECT_EQ(::poll(&begun, 1, 20'000), 1) << "the answer has begun";
    }
    const auto reply = http_get(url("/hello"));
    EXPECT_EQ(reply.status, 503);
    EXPECT_THAT(reply.body, testing::HasSubstr("too many connections"));
  }
  EXPECT_TRUE(wait_until([&] { return http_get(url("/hello")).status == 200; }));
}

TEST_F(RunningServer, GivesThePlaceOfTheRequestThatIsHalfSentForLongestToANewOne) {
  Options options;
  options.max_connections = 2;
  start(options);
  const std::string half =
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  auto first = connect();
  auto second = connect();
  for (auto* slow : {&first, &second}) {
    slow->send(half);
    EXPECT_EQ(slow->reply().status, 100);
  }
  EXPECT_EQ(http_get(url("/hello")).status, 200);
  EXPECT_EQ(first.rest(), "");  // closed
  second.send("body");
  EXPECT_EQ(second.reply().status, 200);
  // Now one idles: it goes before any request that is under way.
  auto third = connect();
  third.send(half);
  EXPECT_EQ(third.reply().status, 100);
  EXPECT_EQ(http_get(url("/hello")).status, 200);
  EXPECT_EQ(second.rest(), "");
  third.send("body");
  EXPECT_EQ(third.reply().status, 200);
}

TEST_F(RunningServer, AnswersProbesThoughACrowdDripsBytesIntoAllConnections) {
  Options options;
  options.max_connections = 8;
  start(options);
  std::vector<std::unique_ptr<HttpConnection>> crowd;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 8; ++i) {
      crowd.push_back(std::make_unique<HttpConnection>("127.0.0.1", port_));
      crowd.back()->send("GET /hello HTTP/1.1\r\nX-");
    }
    EXPECT_EQ(http_get(url("/hello")).status, 200) << round;
  }
}

TEST_F(RunningServer, GivesThePlaceOfTheConnectionThatIdledLongestToANewOne) {
  Options options;
  options.max_connections = 2;
  start(options);
  auto first = connect();
  first.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first.reply().status, 200);
  auto second = connect();
  second.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(second.reply().status, 200);
  EXPECT_EQ(http_get(url("/hello")).status, 200);
  EXPECT_EQ(first.rest(), "");  // closed
  second.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(second.reply().status, 200);
}

TEST_F(RunningServer, SurvivesACrowdOfConnectionsThatNeverSpeak) {
  Options options;
  options.max_connections = 4;
  start(options);
  std::vector<std::unique_ptr<HttpConnection>> crowd;
  for (int i = 0; i < 200; ++i) {
    crowd.push_back(std::make_unique<HttpConnection>("127.0.0.1", port_));
  }
  EXPECT_TRUE(wait_until([&] { return on_loop([&] { return server_->connections(); }) <= 4; }));
  crowd.clear();
  EXPECT_TRUE(wait_until([&] { return http_get(url("/hello")).status == 200; }));
}

TEST_F(RunningServer, AnswersOrClosesWhateverBytesCome) {
  Options options;
  options.request_timeout = milliseconds(2000);
  start(options);
  std::mt19937 random(20261122);
  const std::string seed =
      "POST /echo?a=b%20c HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nExpect: 100-continue\r\n"
      "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nHost: "
      "x\r\n\r\n";
  for (int round = 0; round < 400; ++round) {
    std::string bytes = seed;
    for (auto n = random() % 8; n > 0; --n) {
      const auto at = random() % bytes.size();
      switch (random() % 4) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, random() % 20);
          break;
        case 2:
          bytes.insert(at, seed, random() % seed.size(), random() % 40);
          break;
        default:
          bytes.insert(at, random() % 300, static_cast<char>(random()));
          break;
      }
      if (bytes.empty()) bytes = "x";
    }
    auto connection = connect();
    connection.send(bytes);
    connection.finish();
    const auto answer = connection.rest();
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.")) << answer;
  }
  EXPECT_EQ(http_get(url("/hello")).status, 200);
  EXPECT_TRUE(wait_until([&] { return on_loop([&] { return server_->connections(); }) == 0; }));
}

}  // namespace
}  // namespace srs::http::test
