// Certificates, ours and theirs, and HTTP/2.
#include "util/http_client/certificate.hpp"
#include "util/http_client/fetching.hpp"
#include "util/http_client/http_peer.hpp"
#include "util/http_client/node_server.hpp"

#include <support/files.hpp>
#include <support/shared_data.hpp>

namespace srs {
namespace {

using test::answering;
using test::HttpPeer;
using test::PeerRequest;
using testing::HasSubstr;

class TlsTest : public FetchTest {
 protected:
  TlsTest() {
    test::write_certificate(server, "IP:127.0.0.1");
    test::write_certificate(other, "IP:127.0.0.1");
    test::write_certificate(elsewhere, "DNS:elsewhere.example");
  }
  HttpOutcome fetch_from(const std::filesystem::path& certificate, HttpRequest request,
                         const std::filesystem::path& client_ca = {}) {
    HttpPeer peer(answering([](const PeerRequest& seen) { return "got " + seen.body; }),
                  HttpPeer::Tls{certificate, client_ca});
    request.url = peer.url("/");
    return fetch(std::move(request));
  }

  const std::filesystem::path server = directory / "server.pem";
  const std::filesystem::path other = directory / "other.pem";
  const std::filesystem::path elsewhere = directory / "elsewhere.pem";
};

TEST_F(TlsTest, TrustsTheAuthorityThatItWasTold) {
  const auto outcome =
      fetch_from(server, {.method = "POST", .body = std::string("it"), .ca_file = server});
  ASSERT_EQ(kind(outcome), "success") << outcome.error().text;
  EXPECT_EQ(outcome->body, "got it");
}

TEST_F(TlsTest, TrustsTheClientsAuthorityWhereTheRequestNamesNone) {
  auto trusting = options();
  trusting.ca_file = server;
  client.emplace(io.get_executor(), trusting);
  EXPECT_EQ(kind(fetch_from(server, {})), "success");
  EXPECT_EQ(kind(fetch_from(server, {.ca_file = other})), "tls");
}

TEST_F(TlsTest, TrustsNobodyElse) {
  const auto unknown = fetch_from(server, {});
  EXPECT_EQ(kind(unknown), "tls");
  EXPECT_THAT(unknown.error().text, HasSubstr("certificate"));
  EXPECT_EQ(kind(fetch_from(other, {.ca_file = server})), "tls");
}

TEST_F(TlsTest, DemandsTheNameItAskedFor) {
  EXPECT_EQ(kind(fetch_from(elsewhere, {.ca_file = elsewhere})), "tls");
}

TEST_F(TlsTest, SaysThatItsOwnFilesAreNoCertificates) {
  test::write_file(directory / "junk", "junk");
  EXPECT_EQ(kind(fetch_from(server, {.ca_file = directory / "junk"})), "tls");
  EXPECT_EQ(kind(fetch_from(server, {.ca_file = directory / "missing"})), "tls");
  EXPECT_EQ(kind(fetch_from(server, {.ca_file = server, .client_certificate = directory / "junk"})),
            "tls");
}

TEST_F(TlsTest, ShowsACertificateWhereOneIsDemanded) {
  EXPECT_EQ(kind(fetch_from(server, {.ca_file = server, .client_certificate = other}, other)),
            "success");
  EXPECT_NE(kind(fetch_from(server, {.ca_file = server}, other)), "success");
}

TEST_F(TlsTest, SendsALargeFile) {
  const std::string bytes(3'000'000, 'f');
  test::write_file(directory / "f", bytes);
  const auto outcome = fetch_from(server, {.method = "PUT",
                                           .body = HttpFile{directory / "f"},
                                           .max_response_bytes = 4'000'000,
                                           .ca_file = server});
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_TRUE(outcome->body == "got " + bytes);
}

TEST_F(TlsTest, SpeaksHttp2WhereItIsOffered) {
  if (!test::node_is_here()) {
    if (test::in_ci()) GTEST_FAIL() << "node is not installed, and CI needs it";
    GTEST_SKIP() << "node is not installed";
  }
  test::NodeServer peer(
      std::filesystem::path(SRS_SOURCE_DIR) / "tests/util/http_client/http2_server.js",
      {server.string()});
  const std::string bytes(2'000'000, '2');
  test::write_file(directory / "f", bytes);
  for (int i = 0; i < 20; ++i) {
    HttpRequest request{.method = "POST", .url = peer.url("https", "/"), .ca_file = server};
    if (i % 2 == 0) {
      request.body = HttpFile{directory / "f"};
    } else {
      request.body =
          std::vector<HttpPart>{{"f", HttpFile{directory / "f"}, "f", "application/octet-stream"}};
    }
    start(std::move(request));
  }
  for (std::size_t i = 0; i < 20; ++i) {
    const auto outcome = finish(i);
    ASSERT_EQ(kind(outcome), "success") << outcome.error().text;
    EXPECT_EQ(outcome->http_version, "2");
    EXPECT_EQ(outcome->header("x-version"), "2.0");
    if (i % 2 == 0) {
      EXPECT_EQ(outcome->body, "2000000");
    }
  }
}

}  // namespace
}  // namespace srs
