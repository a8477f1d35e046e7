// What happens to a session, in order, for the one coroutine that tells its story.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace srs::recording {

// Bounded; one reader. Runs on the io_context.
template <class Event>
class EventQueue {
 public:
  EventQueue(boost::asio::any_io_executor executor, std::size_t capacity)
      : channel_(std::move(executor), capacity) {}

  // False where the queue is full or closed.
  bool push(Event event) {
    return channel_.try_send(boost::system::error_code{}, std::move(event));
  }

  // The next event; nothing once closed.
  boost::asio::awaitable<std::optional<Event>> next() {
    auto [error, event] =
        co_await channel_.async_receive(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (error) co_return std::nullopt;
    co_return std::move(event);
  }

  void close() { channel_.close(); }

 private:
  boost::asio::experimental::channel<void(boost::system::error_code, Event)> channel_;
};

}  // namespace srs::recording
