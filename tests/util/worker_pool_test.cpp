#include <srs/util/worker_pool.hpp>

#include <gtest/gtest.h>
#include <support/wait.hpp>

#include <future>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace srs {
namespace {

using test::wait_until;

// A job that runs until it is let go.
class Gate {
 public:
  WorkerPool::Job job() {
    return [this] { opened_.wait(); };
  }
  void open() { open_.set_value(); }

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

TEST(WorkerPool, RunsJobsInTheirOrderOnAnotherThread) {
  std::vector<int> order;
  bool elsewhere = true;
  std::promise<void> done;
  WorkerPool pool(1, 100);
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(pool.submit([&, i, here = std::this_thread::get_id()] {
      order.push_back(i);
      elsewhere = elsewhere && std::this_thread::get_id() != here;
      if (i == 49) done.set_value();
    }));
  }
  ASSERT_EQ(done.get_future().wait_for(test::kSoon), std::future_status::ready);
  EXPECT_TRUE(elsewhere);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(WorkerPool, RefusesWhatDoesNotFitIntoItsQueue) {
  Gate gate;
  WorkerPool pool(1, 2);
  EXPECT_TRUE(pool.submit(gate.job()));
  ASSERT_TRUE(wait_until([&] { return pool.running() == 1; }));
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  EXPECT_EQ(pool.waiting(), 2U);
  gate.open();
  EXPECT_TRUE(wait_until([&] { return pool.waiting() == 0 && pool.running() == 0; }));
  EXPECT_TRUE(pool.submit([] {}));
}

TEST(WorkerPool, RunsAsManyJobsAtOnceAsItHasThreads) {
  Gate gate;
  WorkerPool pool(3, 10);
  for (int i = 0; i < 5; ++i) pool.submit(gate.job());
  EXPECT_TRUE(wait_until([&] { return pool.running() == 3 && pool.waiting() == 2; }));
  gate.open();
  EXPECT_TRUE(wait_until([&] { return pool.running() == 0 && pool.waiting() == 0; }));
  EXPECT_EQ(pool.threads(), 3U);
}

TEST(WorkerPool, SaysHowLongTheOldestJobHasWaited) {
  Gate gate;
  WorkerPool pool(1, 10);
  EXPECT_EQ(pool.oldest_wait().count(), 0);
  pool.submit(gate.job());
  ASSERT_TRUE(wait_until([&] { return pool.running() == 1; }));
  EXPECT_EQ(pool.oldest_wait().count(), 0);  // it runs, none waits
  pool.submit([] {});
  EXPECT_TRUE(wait_until([&] { return pool.oldest_wait() > std::chrono::milliseconds(20); }));
  gate.open();
  EXPECT_TRUE(wait_until([&] { return pool.oldest_wait().count() == 0; }));
}

TEST(WorkerPool, WaitsForTheRunningJobAndForgetsTheWaitingOnesWhenItEnds) {
  std::atomic<bool> began = false, ended = false, forgotten = true;
  {
    WorkerPool pool(1, 10);
    pool.submit([&] {
      began = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      ended = true;
    });
    ASSERT_TRUE(wait_until([&] { return began.load(); }));
    pool.submit([&] { forgotten = false; });
  }
  EXPECT_TRUE(ended);
  EXPECT_TRUE(forgotten);
}

TEST(WorkerPool, ReportsWhatEscapedFromAJob) {
  std::promise<std::string> told;
  WorkerPool pool(1, 10, [&](std::string_view what) { told.set_value(std::string(what)); });
  pool.submit([] { throw std::runtime_error("broken"); });
  auto what = told.get_future();
  ASSERT_EQ(what.wait_for(test::kSoon), std::future_status::ready);
  EXPECT_EQ(what.get(), "broken");
}

TEST(WorkerPool, GoesOnAfterAJobThatThrows) {
  std::promise<void> done;
  WorkerPool pool(1, 10);
  pool.submit([] { throw std::bad_alloc(); });
  pool.submit([] { throw 42; });
  pool.submit([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(test::kSoon), std::future_status::ready);
  EXPECT_TRUE(wait_until([&] { return pool.running() == 0; }));
}

}  // namespace
}  // namespace srs
