#include <srs/health/heartbeat.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <support/wait.hpp>

#include <thread>

namespace srs::health {
namespace {

using namespace std::chrono_literals;
using srs::test::wait_until;

// Runs the io_context until `condition` holds.
template <class Condition>
bool run_until(boost::asio::io_context& io, Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + srs::test::kSoon;
  while (!condition() && std::chrono::steady_clock::now() < deadline) io.run_one_for(100ms);
  return condition();
}

struct HeartbeatTest : testing::Test {
  std::shared_ptr<Heartbeat> start() {
    return Heartbeat::start(io.get_executor(), 5ms, registry, [this] { ++beats; });
  }
  boost::asio::io_context io;
  metrics::Registry registry;
  int beats = 0;
};

TEST_F(HeartbeatTest, BeatsWhileTheLoopTurns) {
  const auto heartbeat = start();
  EXPECT_TRUE(run_until(io, [&] { return beats >= 3; }));
  EXPECT_LT(heartbeat->recent_lag(), 10s);
  EXPECT_THAT(registry.text(), testing::HasSubstr("event_loop_lag_seconds_count 3"));
}

TEST_F(HeartbeatTest, RemembersTheWorstLagOfTheLastSeconds) {
  const auto heartbeat = start();
  EXPECT_TRUE(run_until(io, [&] { return beats >= 1; }));
  boost::asio::post(io, [] { std::this_thread::sleep_for(60ms); });
  const int before = beats;
  EXPECT_TRUE(run_until(io, [&] { return beats > before + 1; }));
  EXPECT_GE(heartbeat->recent_lag(), 50ms);
  EXPECT_LT(heartbeat->recent_lag(), 10s);
}

TEST_F(HeartbeatTest, CountsABeatThatIsOverdueAsLag) {
  const auto heartbeat = start();
  std::this_thread::sleep_for(40ms);  // nobody runs the loop
  EXPECT_GE(heartbeat->recent_lag(), 30ms);
}

TEST_F(HeartbeatTest, EndsWhenItIsStoppedOrDropped) {
  auto heartbeat = start();
  EXPECT_TRUE(run_until(io, [&] { return beats >= 1; }));
  heartbeat->stop();
  io.run();  // returns, since nothing is left
  const int last = beats;
  io.restart();
  heartbeat = start();
  heartbeat.reset();
  io.run();
  EXPECT_EQ(beats, last);
}

TEST_F(HeartbeatTest, MayBeStoppedByItsOwnBeat) {
  std::shared_ptr<Heartbeat> heartbeat;
  heartbeat = Heartbeat::start(io.get_executor(), 1ms, registry, [&] { heartbeat->stop(); });
  io.run();
  EXPECT_THAT(registry.text(), testing::HasSubstr("event_loop_lag_seconds_count 1"));
}

}  // namespace
}  // namespace srs::health
