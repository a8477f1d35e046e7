// Name lookups must not hold the io_context, not even those that are given up; and a host's
// addresses stand in for each other.
#include "util/http_client/fetching.hpp"
#include "util/http_client/http_peer.hpp"

#include <arpa/inet.h>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <utility>

namespace {

// A name server that never answers, until it is told to.
struct HangingLookups {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned waiting = 0;
  bool answer = false;

  int wait() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait_for(lock, srs::test::kSoon, [this] { return answer; });
    --waiting;
    changed.notify_all();
    return EAI_NONAME;
  }
};
HangingLookups& hanging() {
  static HangingLookups lookups;
  return lookups;
}

}  // namespace

// libcurl finds this one before the system's.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  if (node != nullptr && std::string_view(node) == "hangs.test") return hanging().wait();
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || std::string_view(node) != "two.test")
    return real(node, service, hints, result);
  addrinfo* second = nullptr;
  int failed = real("127.0.0.1", service, hints, &second);
  if (failed == 0) failed = real("127.0.0.2", service, hints, result);
  if (failed == 0) (*result)->ai_next = second;
  return failed;
}

namespace srs {
namespace {

using namespace std::chrono_literals;

TEST(Libcurl, LooksNamesUpInThreads) {
  EXPECT_NE(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS, 0);
  EXPECT_NE(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2, 0);
}

// Takes no connection, and refuses none until it closes: its queue is full.
class DeafHost {
 public:
  explicit DeafHost(std::uint16_t port) {
    address_.sin_family = AF_INET;
    address_.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.2", &address_.sin_addr);
    const auto* address = reinterpret_cast<const sockaddr*>(&address_);
    const bool deaf = ::bind(listener_, address, sizeof address_) == 0 &&
                      ::listen(listener_, 0) == 0 &&
                      ::connect(filler_, address, sizeof address_) == 0;
    if (!deaf) throw std::runtime_error("no host at 127.0.0.2");
  }
  ~DeafHost() {
    close();
    ::close(filler_);
  }
  // From here on it refuses, what knocked before as well: within a second, by its next SYN.
  void close() {
    if (listener_ >= 0) ::close(std::exchange(listener_, -1));
  }

 private:
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int filler_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address_{};
};

// Whether somebody has knocked there and was not answered yet (proc(5), net/tcp: SYN_SENT is 02).
bool knocked_at(const char* address, std::uint16_t port) {
  in_addr host{};
  ::inet_pton(AF_INET, address, &host);
  std::array<char, 32> wanted{};
  std::snprintf(wanted.data(), wanted.size(), " %08X:%04X 02 ", host.s_addr, port);
  std::ifstream table("/proc/self/net/tcp");
  const std::string all{std::istreambuf_iterator<char>(table), {}};
  return all.find(wanted.data()) != std::string::npos;
}

class ResolverTest : public FetchTest {
 protected:
  ~ResolverTest() override {
    std::unique_lock lock(hanging().mutex);
    hanging().answer = true;
    hanging().changed.notify_all();
    EXPECT_TRUE(
        hanging().changed.wait_for(lock, test::kSoon, [] { return hanging().waiting == 0; }));
    hanging().answer = false;
  }
  static unsigned lookups() {
    const std::lock_guard lock(hanging().mutex);
    return hanging().waiting;
  }
};

TEST_F(ResolverTest, SaysThatANameIsUnknown) {
  EXPECT_EQ(kind(fetch({.url = "http://no-such-name.invalid/"})), "resolve");
}

TEST_F(ResolverTest, GivesUpALookupThatHangsWithoutWaitingForIt) {
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(kind(fetch({.url = "http://hangs.test/", .timeout = 50ms})), "timeout");
  EXPECT_EQ(kind(fetch({.url = "http://hangs.test/", .connect_timeout = 50ms})), "resolve");
  const HttpCancellation token;
  const auto cancelled = start({.url = "http://hangs.test/", .cancellation = token});
  ASSERT_TRUE(run_until([] { return lookups() == 3; }));
  token.cancel();
  EXPECT_EQ(kind(finish(cancelled)), "cancelled");
  client.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, test::kSoon / 2);
  EXPECT_EQ(lookups(), 3U) << "none of them has been answered";
}

TEST_F(ResolverTest, TriesTheNextAddressWhereTheFirstSaysNothing) {
  test::HttpPeer peer([](test::PeerConnection& connection) {
    connection.read_request();
    connection.answer(200, "second");
  });
  const DeafHost first(peer.port());
  const auto url = "http://two.test:" + std::to_string(peer.port()) + "/";
  const auto outcome = fetch({.url = url, .connect_timeout = 1s});
  ASSERT_EQ(kind(outcome), "success");
  EXPECT_EQ(outcome->body, "second");
}

TEST_F(ResolverTest, TriesTheNextAddressAsSoonAsTheFirstRefuses) {
  test::HttpPeer peer([](test::PeerConnection& connection) {
    connection.read_request();
    connection.answer(200, "second");
  });
  DeafHost first(peer.port());
  const auto url = "http://two.test:" + std::to_string(peer.port()) + "/";
  const auto request = start({.url = url, .connect_timeout = 10 * test::kSoon});
  ASSERT_TRUE(run_until([&] { return knocked_at("127.0.0.2", peer.port()); }));
  first.close();
  EXPECT_EQ(kind(finish(request)), "success");
}

}  // namespace
}  // namespace srs
