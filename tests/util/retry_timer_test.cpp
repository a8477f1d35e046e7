#include <srs/util/retry_timer.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace srs {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class ARetryTimer : public ::testing::Test {
 protected:
  // Runs until nothing is waited for.
  void run() {
    io_.restart();
    io_.run();
  }

  boost::asio::io_context io_;
  int calls_ = 0;
};

TEST_F(ARetryTimer, CallsOnceHoweverOftenItIsStarted) {
  RetryTimer timer(io_.get_executor(), [&] { ++calls_; }, {1ms, 1ms});
  for (int i = 0; i < 3; ++i) timer.start();
  EXPECT_EQ(calls_, 0) << "not before its pause";
  run();
  EXPECT_EQ(calls_, 1);
  timer.start();
  run();
  EXPECT_EQ(calls_, 2);
}

TEST_F(ARetryTimer, PausesTwiceAsLongEachTimeUpToTheLongestUntilTheDiskTookSomething) {
  RetryTimer timer(io_.get_executor(), [&] { ++calls_; }, {4ms, 10ms});
  const auto pauses_at_least = [&](Clock::duration pause) {
    const auto begun = Clock::now();
    timer.start();
    run();
    EXPECT_GE(Clock::now() - begun, pause);
  };
  for (const auto pause : {4ms, 8ms, 10ms, 10ms}) pauses_at_least(pause);
  timer.reset();
  for (const auto pause : {4ms, 8ms}) pauses_at_least(pause);
  EXPECT_EQ(calls_, 6);
}

TEST_F(ARetryTimer, CanBeStartedByWhatItCalls) {
  std::optional<RetryTimer> timer;
  timer.emplace(
      io_.get_executor(),
      [&] {
        if (++calls_ < 3) timer->start();
      },
      RetryPause{1ms, 1ms});
  timer->start();
  run();
  EXPECT_EQ(calls_, 3);
}

TEST_F(ARetryTimer, CallsNobodyOnceItWasStoppedOrIsGone) {
  RetryTimer stopped(io_.get_executor(), [&] { ++calls_; }, {1ms, 1ms});
  std::optional<RetryTimer> gone;
  gone.emplace(
      io_.get_executor(), [&] { ++calls_; }, RetryPause{1ms, 1ms});
  stopped.start();
  gone->start();
  stopped.stop();
  gone.reset();
  stopped.start();
  run();
  EXPECT_EQ(calls_, 0);
}

// Its handler waits in the io_context when the timer goes.
TEST_F(ARetryTimer, CallsNobodyWhereItGoesWhileItIsDue) {
  std::optional<RetryTimer> second;
  RetryTimer first(io_.get_executor(), [&] { second.reset(); }, {0ms, 0ms});
  second.emplace(
      io_.get_executor(), [&] { ++calls_; }, RetryPause{0ms, 0ms});
  first.start();
  second->start();
  run();
  EXPECT_EQ(calls_, 0);
}

}  // namespace
}  // namespace srs
