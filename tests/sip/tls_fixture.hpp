// A stack that listens for TLS, and what its peers need.
#pragma once

#include "noting_sink.hpp"

#include <filesystem>
#include <string>

namespace srs::test {

// A certificate authority, the server's certificate and a client's, made by the openssl program.
class Tls : public LoggedStackTest {
 protected:
  void SetUp() override;
  void TearDown() override;
  // What openssl's own client gets for an OPTIONS request.
  std::string answer_to_openssl(const std::string& arguments);

  std::filesystem::path directory;
};

}  // namespace srs::test
