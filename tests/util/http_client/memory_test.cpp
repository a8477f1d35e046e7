// Requests with files while memory runs out for those who read them.
#include "util/http_client/fetching.hpp"
#include "util/http_client/http_peer.hpp"

#include <support/files.hpp>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace {

// The next allocation of so many bytes at least, by another thread than the test's, fails. 0: none.
std::atomic<std::size_t> refused{0};
std::atomic<std::thread::id> tester;

}  // namespace

void* operator new(std::size_t size) {
  auto least = refused.load();
  if (least != 0 && size >= least && std::this_thread::get_id() != tester.load() &&
      refused.compare_exchange_strong(least, 0))
    throw std::bad_alloc();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace srs {
namespace {

using test::answering;
using test::HttpPeer;
using test::PeerRequest;

class MemoryTest : public FetchTest {
 protected:
  MemoryTest() {
    tester = std::this_thread::get_id();
    auto reporting = options();
    reporting.report = [this](std::string_view what) {
      const std::lock_guard lock(mutex_);
      reports_.emplace_back(what);
    };
    client.emplace(io.get_executor(), reporting);
  }
  ~MemoryTest() override {
    client.reset();  // its threads report no more
    refused = 0;
  }

  std::vector<std::string> reports() {
    const std::lock_guard lock(mutex_);
    return reports_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> reports_;
};

TEST_F(MemoryTest, RunningOutWhileAFileIsOpenedFailsThatRequestAlone) {
  HttpPeer peer(answering([](const PeerRequest&) { return "ok"; }));
  // A failure takes memory for its words.
  HttpRequest request{.method = "PUT",
                      .url = peer.url("/"),
                      .body = HttpFile{directory / std::string(200, 'x')},
                      .timeout = std::chrono::milliseconds(0)};
  refused = 200;
  const auto outcome = fetch(request);
  EXPECT_EQ(kind(outcome), "busy") << "it may succeed when it is tried again";
  EXPECT_TRUE(run_until([&] { return reports() == std::vector<std::string>{"std::bad_alloc"}; }));
  EXPECT_EQ(kind(fetch(request)), "file");
}

TEST_F(MemoryTest, RunningOutWhileAFileIsReadFailsThatRequestAlone) {
  PeerRequest seen;
  HttpPeer peer(answering([&](const PeerRequest& arrived) {
    seen = arrived;
    return "ok";
  }));
  const std::string bytes(600'000, 'z');  // in three blocks
  test::write_file(directory / "f", bytes);
  HttpRequest request{.method = "PUT",
                      .url = peer.url("/"),
                      .body = HttpFile{directory / "f"},
                      .timeout = std::chrono::milliseconds(0)};
  refused = 250'000;
  const auto outcome = fetch(request);
  EXPECT_EQ(kind(outcome), "busy");
  EXPECT_TRUE(run_until([&] { return reports() == std::vector<std::string>{"std::bad_alloc"}; }));
  EXPECT_EQ(kind(fetch(request)), "success");
  EXPECT_EQ(seen.body, bytes);
}

}  // namespace
}  // namespace srs
