// The real server as a child process, on free ports of the loopback and in a directory of its own.
#pragma once

#include "support/port_block.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::test {

// Environment variables by name.
using Settings = std::map<std::string, std::string>;

// Starts with start(), is killed by the destructor at the latest (and by the kernel where the test
// itself dies), and shows the end of its log where the test failed. One per test is plenty; the
// thread that calls start() must live as long as the process should.
class ServerProcess {
 public:
  // `settings` come on top of the settings made here: SIP over UDP and TCP and HTTP on free
  // ports of 127.0.0.1, an RTP port range of our own, a recording directory, JSON log at debug.
  explicit ServerProcess(Settings settings = {});
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  // Starts it, once more after it ended too: same directory, same ports for RTP. True when it says
  // `server_ready`; otherwise the test has failed with the log shown.
  bool start();
  // Only starts it, for settings that it should refuse.
  void launch(std::vector<std::string> arguments = {});

  bool running();
  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // The exit code, 128 + number for a signal; nothing where it did not end in time.
  std::optional<int> wait_exit(std::chrono::milliseconds limit);

  std::uint16_t udp_port() const { return udp_; }
  std::uint16_t tcp_port() const { return tcp_; }
  std::uint16_t tls_port() const { return tls_; }
  std::uint16_t http_port() const { return http_; }
  std::uint16_t rtp_first() const { return ports_.first(); }
  const std::filesystem::path& directory() const { return directory_.path(); }
  std::filesystem::path recordings() const { return directory_.path() / "recordings"; }

  void set(std::string name, std::string value) {
    environment_[std::move(name)] = std::move(value);
  }

  // What it wrote to stderr (and stdout) since the last start.
  std::string output() const;
  // Its log lines with that event name, since the last start; fields are `siprec.call_id` and so
  // on.
  std::vector<nlohmann::json> log(std::string_view event) const;
  // Waits until a line with that event name was logged.
  bool wait_for_log(std::string_view event, std::chrono::milliseconds limit) const;

 private:
  void exec(const std::vector<std::string>& arguments) const;
  bool read_ports();

  TempDir directory_;
  PortBlock ports_;
  Settings environment_;
  pid_t pid_ = -1;
  std::optional<int> exit_;
  unsigned starts_ = 0;
  std::uint16_t udp_ = 0;
  std::uint16_t tcp_ = 0;
  std::uint16_t tls_ = 0;
  std::uint16_t http_ = 0;
};

}  // namespace srs::test
