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

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace srs {

// Runs `work` on a thread of `workers` and resumes the coroutine with its result; nothing where the
// pool's queue is full. What `work` throws is thrown here, where somebody knows what for. What
// `work` refers to may live in the coroutine's frame: that lives as long.
template <class Work, class T = std::invoke_result_t<Work>>
boost::asio::awaitable<std::optional<T>> offload(WorkerPool& workers, Work work) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&workers, executor, &work](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    struct Done {
      std::exception_ptr thrown;
      std::optional<T> result;
    };
    auto done = std::make_shared<Done>();
    const bool taken = workers.submit([shared, done, executor, &work]() mutable {
      // The frame, and `work` in it, stays as long as `shared` does.
      try {
        done->result.emplace(work());
      } catch (...) {
        done->thrown = std::current_exception();
      }
      asio::post(executor, [shared = std::move(shared), done = std::move(done)] {
        std::move (*shared)(std::move(done->thrown), std::move(done->result));
      });
    });
    if (!taken)
      asio::post(executor,
                 [shared] { std::move (*shared)(std::exception_ptr(), std::optional<T>()); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                          void(std::exception_ptr, std::optional<T>)>(
      initiate, asio::use_awaitable);
}

}  // namespace srs
