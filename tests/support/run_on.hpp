// Work for the thread of an io_context.
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace srs::test {

// Runs `work` on the thread of `io` and waits for its end; throws what it throws.
void run_on(boost::asio::io_context& io, const std::function<void()>& work);

// The same, and returns what `f` returns. Thin, since each lambda of a test makes its own.
template <class F>
std::invoke_result_t<F> call_on(boost::asio::io_context& io, F f) {
  using Value = std::invoke_result_t<F>;
  if constexpr (std::is_void_v<Value>) {
    run_on(io, std::ref(f));
  } else {
    std::optional<Value> value;
    run_on(io, [&] { value.emplace(f()); });
    return std::move(*value);
  }
}

}  // namespace srs::test
