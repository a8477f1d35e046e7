#include "recording/event_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace srs::recording {
namespace {

boost::asio::awaitable<void> collect(EventQueue<int>& queue, std::vector<int>& seen) {
  while (auto event = co_await queue.next()) seen.push_back(*event);
  seen.push_back(-1);
}

TEST(EventQueue, HandsOverEventsInOrderAndEndsWhenClosed) {
  boost::asio::io_context io;
  EventQueue<int> queue(io.get_executor(), 8);
  std::vector<int> seen;
  boost::asio::co_spawn(io, collect(queue, seen), boost::asio::detached);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  io.poll();
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
  queue.close();
  io.restart();
  io.poll();
  EXPECT_EQ(seen, (std::vector<int>{1, 2, -1}));
}

TEST(EventQueue, RefusesWhatDoesNotFit) {
  boost::asio::io_context io;
  EventQueue<int> queue(io.get_executor(), 2);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
}

}  // namespace
}  // namespace srs::recording
