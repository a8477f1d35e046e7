// Name lookups must not hold the io_context, not even those that are given up.
#include "util/http_client/fetching.hpp"

#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>

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
  return real(node, service, hints, result);
}

namespace srs {
namespace {

using namespace std::chrono_literals;

TEST(Libcurl, LooksNamesUpInThreads) {
  EXPECT_NE(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS, 0);
  EXPECT_NE(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2, 0);
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

}  // namespace
}  // namespace srs
