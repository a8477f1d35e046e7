// What comes back, whole, broken, or without end.
#include "util/http_client/fetching.hpp"
#include "util/http_client/http_peer.hpp"

#include <future>

namespace srs {
namespace {

using namespace std::chrono_literals;
using test::HttpPeer;
using test::PeerConnection;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class ResponseTest : public FetchTest {
 protected:
  // The outcome of a request that gets `bytes` and then the end of the connection.
  HttpOutcome answered(const std::string& bytes, HttpRequest request = {}) {
    HttpPeer peer([&](PeerConnection& connection) {
      connection.read_request();
      connection.send(bytes);
    });
    request.url = peer.url("/");
    return fetch(std::move(request));
  }
};

TEST_F(ResponseTest, HasStatusHeadersBodyAndTimes) {
  const auto outcome = answered(
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After:  7 \r\nX-A: 1\r\nx-a: 2\r\nContent-Length: "
      "4\r\n"
      "\r\nslow");
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->status, 429);
  EXPECT_EQ(outcome->http_version, "1.1");
  EXPECT_THAT(outcome->headers, ElementsAre(Pair("Retry-After", "7"), Pair("X-A", "1"),
                                            Pair("x-a", "2"), Pair("Content-Length", "4")));
  EXPECT_EQ(outcome->header("retry-after"), "7");
  EXPECT_EQ(outcome->header("X-A"), "1");
  EXPECT_EQ(outcome->header("X-B"), "");
  EXPECT_EQ(outcome->body, "slow");
  EXPECT_GT(outcome->timings.total.count(), 0);
  EXPECT_GE(outcome->timings.total, outcome->timings.first_byte);
  EXPECT_EQ(client->finished(), 1U);
}

TEST_F(ResponseTest, IsTheFinalOneAfterInterimOnes) {
  const auto outcome = answered(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\nContent-Length: "
      "2\r\n\r\nok");
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->status, 200);
  EXPECT_EQ(outcome->header("Link"), "");
}

TEST_F(ResponseTest, IsReadInChunksAndLeavesTrailersOut) {
  const auto outcome = answered(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
      "X-Late: 1\r\n\r\n");
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->body, "abcde");
  EXPECT_EQ(outcome->header("X-Late"), "");
}

TEST_F(ResponseTest, FollowsNoRedirect) {
  const auto outcome =
      answered("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->status, 302);
}

TEST_F(ResponseTest, ThatIsTornOffIsNoSuccess) {
  EXPECT_EQ(kind(answered("")), "reset");
  EXPECT_EQ(kind(answered("HTTP/1.1 200 OK\r\nContent-Le")), "reset");
  EXPECT_EQ(kind(answered("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")), "reset");
  EXPECT_EQ(kind(answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")),
            "reset");
}

TEST_F(ResponseTest, ThatIsNoHttpIsNoSuccess) {
  EXPECT_EQ(kind(answered("SSH-2.0-OpenSSH_9.2\r\n")), "protocol");
  EXPECT_EQ(kind(answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")), "reset");
  EXPECT_EQ(kind(answered("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")), "protocol");
}

TEST_F(ResponseTest, AfterAResetIsAFailure) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    connection.reset();
  });
  EXPECT_EQ(kind(fetch({.url = peer.url("/")})), "reset");
}

TEST_F(ResponseTest, IsRefusedAtOnceWhereTwoGigabytesAreAnnounced) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n");
    connection.wait_closed();
  });
  EXPECT_EQ(kind(fetch({.url = peer.url("/")})), "too_large");
}

TEST_F(ResponseTest, IsCutOffWhereItGoesOnWithoutEnd) {
  std::atomic<std::size_t> sent{0};
  HttpPeer peer([&](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string piece = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    while (sent < (1U << 30) && connection.send(piece)) sent += piece.size();
  });
  const auto outcome = fetch({.url = peer.url("/"), .max_response_bytes = 100'000});
  EXPECT_EQ(kind(outcome), "too_large");
  EXPECT_THAT(outcome.error().text, HasSubstr("100000 bytes"));
  EXPECT_LT(sent, 1U << 28);
}

TEST_F(ResponseTest, MayBeExactlyAsLongAsAllowed) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfiver";
  EXPECT_EQ(kind(answered(head, {.max_response_bytes = 5})), "success");
  EXPECT_EQ(kind(answered(head, {.max_response_bytes = 4})), "too_large");
}

TEST_F(ResponseTest, IsRefusedWhereItsHeadersHaveNoEnd) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    while (connection.send("X-Padding: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(kind(fetch({.url = peer.url("/")})), "too_large");
}

TEST_F(ResponseTest, IsDecodedWhereCompressionWasOffered) {
  // `printf hello | gzip`
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
      "\x00\x00",
      25);
  const auto outcome =
      answered("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n" + packed,
               {.compressed = true});
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->body, "hello");
}

TEST_F(ResponseTest, ComesPieceByPieceToThoseWhoWantItSo) {
  std::promise<void> first_seen;
  HttpPeer peer([&](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
    first_seen.get_future().wait_for(
        test::kSoon);  // the second only comes after the first was seen
    connection.send("data: 2\n\n");
  });
  std::vector<std::string> pieces;
  const auto outcome =
      fetch({.url = peer.url("/"), .on_data = [&](const HttpResponse& response, auto data) {
               EXPECT_EQ(response.header("Content-Type"), "text/event-stream");
               if (pieces.empty()) first_seen.set_value();
               pieces.emplace_back(data);
               return true;
             }});
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_THAT(pieces, ElementsAre("data: 1\n\n", "data: 2\n\n"));
  EXPECT_EQ(outcome->body, "");
}

TEST_F(ResponseTest, EndsWhereItsReaderWantsNoMore) {
  HttpPeer peer([](PeerConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\nfirst");
    connection.wait_closed();
  });
  const auto outcome =
      fetch({.url = peer.url("/"), .on_data = [](const auto&, auto) { return false; }});
  EXPECT_EQ(kind(outcome), "cancelled");
}

}  // namespace
}  // namespace srs
