// The one way to start a coroutine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace srs {

// Starts coroutines and counts those that run. What escapes from one ends that one alone and is
// reported with the coroutine's name. Coroutines may outlive this object, its count does too.
class Tasks {
 public:
  using Report = std::function<void(std::string_view name, std::string_view what)>;

  Tasks(boost::asio::any_io_executor executor, Report report);

  void spawn(std::string name, boost::asio::awaitable<void> task);

  // Coroutines started here that have not ended.
  std::size_t running() const { return *running_; }
  const boost::asio::any_io_executor& executor() const { return executor_; }

 private:
  boost::asio::any_io_executor executor_;
  Report report_;
  std::shared_ptr<std::atomic<std::size_t>> running_;
};

}  // namespace srs
