// What is sent, as the other side reads it.
#include "util/http_client/fetching.hpp"
#include "util/http_client/http_peer.hpp"

#include <support/files.hpp>

namespace srs {
namespace {

using test::answering;
using test::HttpPeer;
using test::PeerRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class RequestTest : public FetchTest {
 protected:
  // Sends it and returns what arrived.
  PeerRequest sent(HttpRequest request) {
    PeerRequest seen;
    HttpPeer peer(answering([&](const PeerRequest& arrived) {
      seen = arrived;
      return "ok";
    }));
    request.url = peer.url(request.url);
    const auto outcome = fetch(std::move(request));
    EXPECT_EQ(kind(outcome), "success") << (outcome ? "" : outcome.error().text);
    return seen;
  }
};

TEST_F(RequestTest, NamesItselfAndSendsTheHeadersItWasGiven) {
  const auto seen = sent({.url = "/a?b=c%20d", .headers = {{"X-One", "1"}, {"X-Empty", ""}}});
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.target, "/a?b=c%20d");
  EXPECT_THAT(seen.headers.at("user-agent"), HasSubstr("siprec-server/"));
  EXPECT_EQ(seen.headers.at("x-one"), "1");
  EXPECT_EQ(seen.headers.at("x-empty"), "");
}

TEST_F(RequestTest, SendsATextWithItsLengthAndNoTypeOfItsOwnMaking) {
  std::string text(70'000, 'x');
  text[5] = '\0';
  const auto seen = sent({.method = "POST", .url = "/", .body = text});
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, text);
  EXPECT_FALSE(seen.headers.contains("content-type"));
  EXPECT_FALSE(seen.headers.contains("expect"));
  EXPECT_EQ(sent({.method = "PUT", .url = "/", .body = std::string()}).body, "");
}

TEST_F(RequestTest, SpeaksEveryMethod) {
  EXPECT_EQ(sent({.method = "DELETE", .url = "/"}).method, "DELETE");
  EXPECT_EQ(sent({.method = "HEAD", .url = "/"}).method, "HEAD");
  const auto post = sent({.method = "POST", .url = "/"});
  EXPECT_EQ(post.headers.at("content-length"), "0");
}

TEST_F(RequestTest, SendsAFileOrARangeOfIt) {
  std::string bytes;
  for (int i = 0; i < 700'000; ++i) bytes += static_cast<char>(i % 251);
  test::write_file(directory / "audio.wav", bytes);
  const HttpFile whole{directory / "audio.wav"};
  const HttpFile range{directory / "audio.wav", 100'000, 300'001};
  const HttpFile rest{directory / "audio.wav", 699'990};
  EXPECT_TRUE(sent({.method = "POST", .url = "/", .body = whole}).body == bytes);
  EXPECT_EQ(sent({.method = "PUT", .url = "/", .body = range}).body,
            bytes.substr(100'000, 300'001));
  EXPECT_EQ(sent({.method = "PUT", .url = "/", .body = rest}).body, bytes.substr(699'990));
  test::write_file(directory / "empty", "");
  EXPECT_EQ(sent({.method = "PUT", .url = "/", .body = HttpFile{directory / "empty"}}).body, "");
}

TEST_F(RequestTest, SendsAFormWithFieldsAndFiles) {
  const std::string audio(600'000, 'a');
  test::write_file(directory / "a.wav", audio);
  const std::vector<HttpPart> form = {
      {"model", std::string("whisper-1"), "", ""},
      {"file", HttpFile{directory / "a.wav"}, "call \"1\".wav", "audio/wav"},
      {"words", std::string("[\"a\"]"), "", "application/json"}};
  const auto seen = sent({.method = "POST", .url = "/", .body = form});
  const auto type = seen.headers.at("content-type");
  ASSERT_THAT(type, HasSubstr("multipart/form-data; boundary="));
  const auto boundary = "--" + type.substr(type.find('=') + 1);
  const auto expected =
      boundary + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n" +
      boundary +
      "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"call %221%22.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n" +
      audio + "\r\n" + boundary +
      "\r\nContent-Disposition: form-data; name=\"words\"\r\nContent-Type: application/json\r\n"
      "\r\n[\"a\"]\r\n" +
      boundary + "--\r\n";
  EXPECT_TRUE(seen.body == expected) << seen.body.substr(0, 500);  // too long to be shown
  EXPECT_EQ(seen.headers.at("content-length"), std::to_string(seen.body.size()));
}

TEST_F(RequestTest, SendsTheFileAgainWhereAnIdleConnectionWasClosed) {
  const std::string bytes(400'000, 'z');
  test::write_file(directory / "f", bytes);
  std::atomic<int> served{0};
  PeerRequest seen;
  HttpPeer peer([&](test::PeerConnection& connection) {
    if (++served == 1) {
      connection.read_request();
      connection.answer(200, "");
      connection.read_request();  // the second on this connection is never answered
      return;
    }
    seen = connection.read_request().value_or(PeerRequest{});
    connection.answer(200, "again");
  });
  ASSERT_EQ(kind(fetch({.url = peer.url("/")})), "success");
  const auto outcome =
      fetch({.method = "PUT", .url = peer.url("/"), .body = HttpFile{directory / "f"}});
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->body, "again");
  EXPECT_EQ(seen.body, bytes);
}

TEST_F(RequestTest, FailsWhereTheFileIsMissingOrTooShort) {
  HttpPeer peer(answering([](const PeerRequest&) { return ""; }));
  const auto send = [&](HttpBody body) {
    return fetch({.method = "PUT", .url = peer.url("/"), .body = std::move(body)});
  };
  test::write_file(directory / "short", "12345");
  const auto missing = send(HttpFile{directory / "nothing.wav"});
  EXPECT_EQ(kind(missing), "file");
  EXPECT_THAT(missing.error().text, HasSubstr("`nothing.wav` can't be sent: No such file"));
  EXPECT_EQ(kind(send(HttpFile{directory / "short", 3, 3})), "file");
  EXPECT_EQ(kind(send(HttpFile{directory / "short", 6})), "file");
  EXPECT_EQ(kind(send(HttpFile{directory.path()})), "file");
  EXPECT_EQ(kind(send(std::vector<HttpPart>{{"f", HttpFile{directory / "none"}, "f", ""}})),
            "file");
  EXPECT_EQ(peer.connections(), 0U);
}

TEST_F(RequestTest, FailsWhereTheFileBecomesShorterWhileItIsSent) {
  test::write_file(directory / "f", std::string(8 << 20, 'x'));
  HttpPeer peer([&](test::PeerConnection& connection) {
    connection.read_some();
    std::filesystem::resize_file(directory / "f", 1000);
    connection.wait_closed();
  });
  const auto outcome =
      fetch({.method = "PUT", .url = peer.url("/"), .body = HttpFile{directory / "f"}});
  EXPECT_EQ(kind(outcome), "file");
}

TEST_F(RequestTest, RefusesWhatWouldBreakOutOfItsLine) {
  const std::string url = "http://127.0.0.1:1/";
  EXPECT_EQ(kind(fetch({.method = "GET / HTTP/1.1\r\nX:", .url = url})), "invalid_request");
  EXPECT_EQ(kind(fetch({.method = "", .url = url})), "invalid_request");
  EXPECT_EQ(kind(fetch({.url = url, .headers = {{"X", "a\r\nY: b"}}})), "invalid_request");
  EXPECT_EQ(kind(fetch({.url = url, .headers = {{"X: y\r\nZ", "a"}}})), "invalid_request");
  EXPECT_EQ(kind(fetch({.url = url, .headers = {{"", "a"}}})), "invalid_request");
}

TEST_F(RequestTest, RefusesUrlsThatAreNotHttp) {
  for (const auto* url : {"", "127.0.0.1:80\r\n", "ftp://127.0.0.1/x", "file:///etc/passwd",
                          "http://", "http://a b/", "gopher://x/", "http://127.0.0.1:99999/"}) {
    EXPECT_EQ(kind(fetch({.url = url})), "invalid_url") << url;
  }
  EXPECT_EQ(client->failed(Kind::InvalidUrl), 8U);
  EXPECT_EQ(client->finished(), 0U);
}

}  // namespace
}  // namespace srs
