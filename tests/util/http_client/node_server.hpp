// A server written for Node.js as a child process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace srs::test {

bool node_is_here();

// The script prints its port as its first line and ends with its standard input.
class NodeServer {
 public:
  NodeServer(const std::filesystem::path& script, const std::vector<std::string>& arguments);
  ~NodeServer();
  NodeServer(const NodeServer&) = delete;
  NodeServer& operator=(const NodeServer&) = delete;

  std::string url(const std::string& scheme, const std::string& path) const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace srs::test
