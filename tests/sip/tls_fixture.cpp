#include "tls_fixture.hpp"

#include "support/tools.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace srs::test {

void Tls::SetUp() {
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

void Tls::TearDown() {
  if (!directory.empty()) std::filesystem::remove_all(directory);
}

std::string Tls::answer_to_openssl(const std::string& arguments) {
  const auto own = std::to_string(port("tls"));
  std::ofstream(directory / "request")
      << "OPTIONS sip:srs@127.0.0.1:" << own
      << " SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKtls\r\n"
         "Max-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: "
         "<sip:srs@127.0.0.1>\r\nCall-ID: tls\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
  // It hangs up when its input ends: that is after the whole answer, which comes in pieces, or
  // where it ended without one.
  const auto command =
      "cd " + directory.string() +
      "; rm -f answer ended; (cat request; "
      "until grep -qs '^[[:cntrl:]]$' answer || [ -e ended ]; do sleep 0.05; done) | "
      "(timeout 20 openssl s_client -quiet -no_ign_eof -verify_return_error "
      "-CAfile cafile.pem -connect 127.0.0.1:" +
      own + " " + arguments + " > answer 2> log; touch ended)";
  static_cast<void>(std::system(command.c_str()));
  std::ifstream file(directory / "answer", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace srs::test
