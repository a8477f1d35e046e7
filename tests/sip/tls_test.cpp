// Listeners of TLS: certificates of both sides.
#include "noting_sink.hpp"
#include "support/files.hpp"
#include "support/tools.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

// sofia-sip 1.12.11 frees no OpenSSL object of a connection: about 26 kB for each TLS connection.
// Leaks of our own would not begin in these libraries.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libssl\nleak:libcrypto\n";
}

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

// A certificate authority, the server's certificate and a client's, made by the openssl program.
class Tls : public LoggedStackTest {
 protected:
  void SetUp() override {
    SRS_REQUIRE_TOOL("openssl", "openssl");
    directory = std::filesystem::temp_directory_path() / ("sip-tls-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    const std::string script =
        "set -e; cd " + directory.string() +
        "; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=ca -keyout ca.key -out "
        "cafile.pem"
        "; for name in server client; do"
        "  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=$name "
        "-keyout $name.key -out $name.csr;"
        "  openssl x509 -req -days 2 -in $name.csr -CA cafile.pem -CAkey ca.key -CAcreateserial "
        "-out $name.crt;"
        " done; cat server.crt server.key > agent.pem";
    ASSERT_EQ(std::system(("(" + script + ") > /dev/null 2>&1").c_str()), 0);
    options.listen = {"tls:127.0.0.1:0"};
    options.tls_directory = directory;
  }
  void TearDown() override {
    if (!directory.empty()) std::filesystem::remove_all(directory);
  }
  // What openssl's own client gets for an OPTIONS request.
  std::string answer_to_openssl(const std::string& arguments) {
    const auto own = std::to_string(port("tls"));
    std::ofstream(directory / "request")
        << "OPTIONS sip:srs@127.0.0.1:" << own
        << " SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKtls\r\n"
           "Max-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: "
           "<sip:srs@127.0.0.1>\r\nCall-ID: tls\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    const auto command = "cd " + directory.string() +
                         "; (cat request; sleep 0.7) | timeout 10 openssl s_client -quiet "
                         "-no_ign_eof -verify_return_error "
                         "-CAfile cafile.pem -connect 127.0.0.1:" +
                         own + " " + arguments + " > answer 2> log";
    static_cast<void>(std::system(command.c_str()));
    std::ifstream file(directory / "answer", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::filesystem::path directory;
};

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
  EXPECT_EQ(metric("sip_tls_handshakes_failed_total"), 1);
  EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("warning sip_tls_handshake_failed"),
                                      HasSubstr("source=127.0.0.1:"), HasSubstr("certificate"))));
  EXPECT_THAT(answer_to_openssl("-cert client.crt -key client.key"), HasSubstr("SIP/2.0 200 OK"));
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
