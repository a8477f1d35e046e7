#include <srs/util/tasks.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <stdexcept>

namespace srs {
namespace {

using boost::asio::awaitable;
using testing::ElementsAre;

struct TasksTest : testing::Test {
  boost::asio::io_context io;
  std::vector<std::string> reports;
  Tasks tasks{io.get_executor(), [this](std::string_view name, std::string_view what) {
                reports.push_back(std::string(name) + ": " + std::string(what));
              }};
};

awaitable<void> sleep_until_cancelled(boost::asio::steady_timer& timer) {
  try {
    co_await timer.async_wait(boost::asio::use_awaitable);
  } catch (const boost::system::system_error&) {
  }
}

awaitable<void> fail() {
  throw std::runtime_error("broken");
  co_return;
}

awaitable<void> fail_oddly() {
  throw 42;
  co_return;
}

awaitable<void> count(int& runs) {
  ++runs;
  co_return;
}

TEST_F(TasksTest, CountsThoseThatRun) {
  boost::asio::steady_timer timer(io, std::chrono::hours(1));
  tasks.spawn("a", sleep_until_cancelled(timer));
  tasks.spawn("b", sleep_until_cancelled(timer));
  io.poll();
  EXPECT_EQ(tasks.running(), 2U);
  timer.cancel();
  io.run();
  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_TRUE(reports.empty());
}

TEST_F(TasksTest, ReportsWhatEscapesAndLetsTheOthersRun) {
  int runs = 0;
  tasks.spawn("first", fail());
  tasks.spawn("second", fail_oddly());
  tasks.spawn("third", count(runs));
  io.run();
  EXPECT_THAT(reports, ElementsAre("first: broken", "second: an exception of unknown type"));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(tasks.running(), 0U);
}

TEST_F(TasksTest, MayEndBeforeItsCoroutines) {
  boost::asio::steady_timer timer(io, std::chrono::hours(1));
  auto brief = std::make_unique<Tasks>(io.get_executor(), [](auto, auto) {});
  brief->spawn("a", sleep_until_cancelled(timer));
  io.poll();
  brief.reset();
  timer.cancel();
  EXPECT_GT(io.run(), 0U);
}

}  // namespace
}  // namespace srs
