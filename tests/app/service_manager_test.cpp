// What systemd hears from the server (sd_notify(3)).
#include "support/server_process.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>

namespace srs::test {
namespace {

// The socket that systemd would listen on.
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~NotifySocket() { ::close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // Waits until a datagram with that text came.
  bool hears(const std::string& text) {
    return wait_until([&] {
      char buffer[1024];
      for (ssize_t size; (size = ::recv(fd_, buffer, sizeof buffer, 0)) >= 0;) {
        heard_.append(buffer, static_cast<std::size_t>(size)).append("\n");
      }
      return heard_.find(text + "\n") != std::string::npos;
    });
  }

 private:
  int fd_;
  std::string heard_;
};

TEST(ServiceManager, HearsThatTheServerIsReadyAliveAndStopping) {
  TempDir directory;
  NotifySocket systemd(directory / "notify");
  ServerProcess server({{"NOTIFY_SOCKET", (directory / "notify").string()}});
  ASSERT_TRUE(server.start());
  EXPECT_TRUE(systemd.hears("READY=1"));
  EXPECT_TRUE(systemd.hears("WATCHDOG=1"));
  server.signal(SIGTERM);
  EXPECT_TRUE(systemd.hears("STOPPING=1"));
  EXPECT_EQ(server.wait_exit(kSoon), 0);
}

TEST(ServiceManager, GivesADrainLongerThanItsStopTimeoutTheTimeItTakes) {
  TempDir directory;
  NotifySocket systemd(directory / "notify");
  ServerProcess server(
      {{"NOTIFY_SOCKET", (directory / "notify").string()}, {"SERVER_DRAIN_TIMEOUT", "1h"}});
  ASSERT_TRUE(server.start());
  server.signal(SIGTERM);
  EXPECT_TRUE(systemd.hears("EXTEND_TIMEOUT_USEC=3663000000"));
  EXPECT_EQ(server.wait_exit(kSoon), 0);
}

}  // namespace
}  // namespace srs::test
