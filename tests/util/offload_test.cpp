#include <srs/util/offload.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <support/wait.hpp>

#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

namespace srs {
namespace {

// What a coroutine sees of work that is done elsewhere.
class OffloadTest : public testing::Test {
 protected:
  using Work = std::function<int()>;
  void run(WorkerPool& pool, Work work) {
    boost::asio::co_spawn(io_, see(pool, std::move(work)), boost::asio::detached);
    io_.run_for(test::kSoon);
  }

  std::optional<int> value_;
  std::string thrown_;
  bool over_ = false;
  std::thread::id resumed_on_;

 private:
  boost::asio::awaitable<void> see(WorkerPool& pool, Work work) {
    try {
      value_ = co_await offload(pool, std::move(work));
    } catch (const std::exception& error) {
      thrown_ = error.what();
    }
    resumed_on_ = std::this_thread::get_id();
    over_ = true;
  }
  boost::asio::io_context io_;
};

TEST_F(OffloadTest, ResumesWithTheResultOnItsOwnThread) {
  WorkerPool pool(1, 1);
  std::thread::id worked_on;
  run(pool, [&] {
    worked_on = std::this_thread::get_id();
    return 7;
  });
  EXPECT_EQ(value_, 7);
  EXPECT_EQ(resumed_on_, std::this_thread::get_id());
  EXPECT_NE(worked_on, resumed_on_);
}

TEST_F(OffloadTest, ThrowsWhatTheWorkThrewAndLeavesThePoolWorking) {
  WorkerPool pool(1, 1);
  run(pool, []() -> int { throw std::runtime_error("no memory for it"); });
  EXPECT_TRUE(over_);
  EXPECT_EQ(thrown_, "no memory for it");
  EXPECT_EQ(resumed_on_, std::this_thread::get_id());
  EXPECT_TRUE(test::wait_until([&] { return pool.running() == 0; }));
  std::promise<void> done;
  EXPECT_TRUE(pool.submit([&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(test::kSoon), std::future_status::ready);
}

TEST_F(OffloadTest, ResumesWithNothingWhereThePoolIsFull) {
  WorkerPool pool(1, 0);
  run(pool, [] { return 7; });
  EXPECT_TRUE(over_);
  EXPECT_EQ(value_, std::nullopt);
  EXPECT_EQ(thrown_, "");
}

}  // namespace
}  // namespace srs
