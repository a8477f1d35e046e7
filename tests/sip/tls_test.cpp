// Listeners of TLS: certificates of both sides.
#include "support/files.hpp"
#include "tls_fixture.hpp"

#include <cstdlib>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

TEST_F(Tls, AnswersAClientThatChecksItsCertificate) {
  start();
  const auto answer = answer_to_openssl("");
  EXPECT_THAT(answer, HasSubstr("SIP/2.0 200 OK"));
  EXPECT_THAT(answer, HasSubstr(";transport=tls>;+sip.srs"));
}

TEST_F(Tls, WithMutualAuthenticationAnswersOnlyClientsWithACertificate) {  // RFC 7866 §12.1
  options.tls_verify_client = true;
  start();
  EXPECT_THAT(answer_to_openssl(""), testing::Not(HasSubstr("SIP/2.0")));
  EXPECT_TRUE(wait_until([&] { return metric("sip_tls_handshakes_failed_total") == 1; }));
  EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("warning sip_tls_handshake_failed"),
                                      HasSubstr("source=127.0.0.1:"), HasSubstr("certificate"))));
  EXPECT_THAT(answer_to_openssl("-cert client.crt -key client.key"), HasSubstr("SIP/2.0 200 OK"));
}

// An SBC mostly knows the root of an authority, and servers' certificates are of one between.
TEST_F(Tls, ShowsTheCertificatesBetweenItsOwnAndTheRoot) {
  const auto make =
      "set -e; cd " + directory.string() +
      "; openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=between "
      "-keyout between.key -out between.csr"
      "; printf 'basicConstraints=critical,CA:TRUE' > ca.ext"
      "; openssl x509 -req -days 2 -in between.csr -extfile ca.ext -CA cafile.pem -CAkey ca.key "
      "-CAcreateserial -out between.crt"
      "; openssl x509 -req -days 2 -in server.csr -CA between.crt -CAkey between.key "
      "-CAcreateserial -out server.crt"
      "; cat server.crt between.crt server.key > agent.pem";
  ASSERT_EQ(std::system(("(" + make + ") > /dev/null 2>&1").c_str()), 0);
  start();
  for (int connection = 0; connection < 2; ++connection)
    EXPECT_THAT(answer_to_openssl(""), HasSubstr("SIP/2.0 200 OK"));
}

TEST_F(Tls, SaysWhoseCertificateItRefusesAndWhy) {
  options.tls_verify_client = true;
  start();
  const auto make = "cd " + directory.string() +
                    "; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                    "-subj /CN=stranger -keyout stranger.key -out stranger.crt > /dev/null 2>&1";
  ASSERT_EQ(std::system(make.c_str()), 0);
  EXPECT_THAT(answer_to_openssl("-cert stranger.crt -key stranger.key"),
              testing::Not(HasSubstr("SIP/2.0")));
  EXPECT_TRUE(wait_until([&] { return metric("sip_tls_handshakes_failed_total") == 1; }));
  EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("warning sip_tls_handshake_failed"),
                                      HasSubstr("CN=stranger: self"))));
  RawSipPeer(RawSipPeer::Transport::Tcp, port("tls")).close();  // a look whether the port is open
  RawSipPeer plain(RawSipPeer::Transport::Tcp, port("tls"));
  plain.send(RawSipCall(plain).request("OPTIONS", 1));
  EXPECT_TRUE(plain.closed_within(10s));
  EXPECT_EQ(metric("sip_tls_handshakes_failed_total"), 2);
}

TEST_F(Tls, WithFilesThatServeNoTlsRefusesToStartAndSaysWhatBelongsThere) {
  const auto refusal = [this] {
    std::string text;
    call([&] {
      const auto opened =
          sip::Stack::open(asio_.get_executor(), options, application, registry, log);
      text = opened ? "started" : opened.error().text;
    });
    return text;
  };
  const auto agent = directory / "agent.pem";
  const auto good = test::read_file(agent);
  test::write_file(agent, "garbage");
  EXPECT_THAT(refusal(), HasSubstr("holds no certificate"));
  test::write_file(agent, test::read_file(directory / "cafile.pem"));
  EXPECT_THAT(refusal(), HasSubstr("private key"));
  test::write_file(agent, good);
  test::write_file(directory / "cafile.pem", "garbage");
  EXPECT_THAT(refusal(), HasSubstr("cafile.pem holds no certificate of an authority"));
}

TEST_F(Tls, WithoutItsCertificateRefusesToStart) {
  std::filesystem::remove(directory / "agent.pem");
  call([this] {
    const auto opened = sip::Stack::open(asio_.get_executor(), options, application, registry, log);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().text, HasSubstr("agent.pem"));
  });
}

}  // namespace
}  // namespace srs::test
