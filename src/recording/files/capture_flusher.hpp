// The clock that keeps captures from waiting for full blocks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace srs::recording {

// Something with bytes that should not wait for ever.
class Flushable {
 public:
  virtual void flush() = 0;

 protected:
  ~Flushable() = default;
};

// Flushes every member once per interval, an eighth of them at a time, so that the blocks on their
// way to the disk are few. One that comes or goes may delay another by one more interval. One timer
// for all, none while there are no members. Runs on the io_context.
class Flusher {
 public:
  Flusher(boost::asio::any_io_executor executor, std::chrono::milliseconds interval);

  void add(Flushable& member);
  void remove(Flushable& member);

 private:
  struct State;
  static void arm(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;
};

}  // namespace srs::recording
