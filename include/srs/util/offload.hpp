// Blocking work of a coroutine, done by a worker thread.
#pragma once

#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace srs {

// Runs `work` on a thread of `workers` and resumes the coroutine with its result; nothing where the
// pool's queue is full. What `work` refers to may live in the coroutine's frame: that lives as
// long.
template <class Work, class T = std::invoke_result_t<Work>>
boost::asio::awaitable<std::optional<T>> offload(WorkerPool& workers, Work work) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&workers, executor, &work](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const bool taken = workers.submit([shared, executor, &work]() mutable {
      // The frame, and `work` in it, stays as long as `shared` does.
      auto result = std::make_shared<std::optional<T>>(work());
      asio::post(executor,
                 [shared = std::move(shared), result] { std::move (*shared)(std::move(*result)); });
    });
    if (!taken) asio::post(executor, [shared] { std::move (*shared)(std::optional<T>()); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::optional<T>)>(
      initiate, asio::use_awaitable);
}

}  // namespace srs
