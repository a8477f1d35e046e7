// What most recorders' receive path costs at least: one epoll, a recvfrom per datagram, nothing
// done with it. Answers SIP just far enough to be called: usage `bare_epoll UDP_PORT`. It
// prints how many datagrams came on SIGUSR1, and at its end on SIGTERM.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

// Bound to 127.0.0.1 and watched by `epoll`; ends the program where that is impossible.
int open_socket(int epoll, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
    std::perror("bare_epoll");
    std::exit(1);
  }
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// The whole line of that header with its CRLF.
std::string header(std::string_view message, std::string_view name) {
  const auto at = message.find("\r\n" + std::string(name) + ":");
  if (at == std::string_view::npos) return {};
  return std::string(message.substr(at + 2, message.find("\r\n", at + 2) - at));
}

class Answerer {
 public:
  Answerer(int epoll, std::uint16_t port) : epoll_(epoll), sip_(open_socket(epoll, port)) {}

  int fd() const { return sip_; }

  void read() {
    std::array<char, 65536> buffer{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* peer = reinterpret_cast<sockaddr*>(&from);
    const auto length = ::recvfrom(sip_, buffer.data(), buffer.size(), 0, peer, &size);
    if (length <= 0) return;
    const std::string_view message(buffer.data(), static_cast<std::size_t>(length));
    if (message.starts_with("ACK ") || message.starts_with("SIP/")) return;
    const auto call = header(message, "Call-ID");
    std::string body;
    if (message.starts_with("INVITE ")) body = invite(call, message);
    if (message.starts_with("BYE ")) bye(call);
    const auto text = answer(message, body);
    ::sendto(sip_, text.data(), text.size(), 0, peer, size);
  }

 private:
  // A socket for each offered m-line and the answer that names them.
  std::string invite(const std::string& call, std::string_view message) {
    auto& sockets = calls_[call];
    std::string body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
    std::size_t index = 0;
    for (auto at = message.find("m=audio "); at != std::string_view::npos;
         at = message.find("m=audio ", at + 1), ++index) {
      if (sockets.size() <= index) sockets.push_back(open_socket(epoll_, 0));
      body += "m=audio " + std::to_string(port_of(sockets[index])) +
              " RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=recvonly\r\na=label:" +
              std::to_string(index + 1) + "\r\n";
    }
    return body;
  }

  void bye(const std::string& call) {
    for (const int fd : calls_[call]) ::close(fd);
    calls_.erase(call);
  }

  std::string answer(std::string_view message, const std::string& body) const {
    auto to = header(message, "To");
    if (to.find(";tag=") == std::string::npos) to.insert(to.size() - 2, ";tag=bare");
    return "SIP/2.0 200 OK\r\n" + header(message, "Via") + header(message, "From") + to +
           header(message, "Call-ID") + header(message, "CSeq") +
           "Contact: <sip:127.0.0.1:" + std::to_string(port_of(sip_)) +
           ">;+sip.srs\r\nContent-Type: application/sdp\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  int epoll_;
  int sip_;
  std::map<std::string, std::vector<int>> calls_;
};

int watch_signals(int epoll) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  const int fd = ::signalfd(-1, &set, SFD_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  return fd;
}

}  // namespace

int main(int argc, char** argv) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  const int signals = watch_signals(epoll);
  Answerer answerer(epoll, static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0));
  std::array<epoll_event, 256> events{};
  std::array<char, 2048> packet{};
  std::uint64_t packets = 0;
  for (;;) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == signals) {
        signalfd_siginfo info{};
        if (::read(signals, &info, sizeof info) != sizeof info) return 1;
        std::printf("%llu\n", static_cast<unsigned long long>(packets));
        std::fflush(stdout);
        if (info.ssi_signo != SIGUSR1) return 0;
        continue;
      }
      if (fd == answerer.fd()) {
        answerer.read();
        continue;
      }
      sockaddr_in from{};
      socklen_t size = sizeof from;
      if (::recvfrom(fd, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from),
                     &size) > 0) {
        ++packets;
      }
    }
  }
}
