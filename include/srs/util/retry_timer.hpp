// When what a disk refused is tried again.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace srs {

// Pauses that double from the shortest to the longest, and begin anew once the disk took something.
struct RetryPause {
  std::chrono::milliseconds shortest{std::chrono::seconds(1)};
  std::chrono::milliseconds longest{std::chrono::minutes(1)};
};

// Calls `again` on the executor after one such pause for each start(), never once it is gone or was
// stopped. Lives on the executor's thread.
class RetryTimer {
 public:
  RetryTimer(boost::asio::any_io_executor executor, std::function<void()> again,
             RetryPause pause = {});
  ~RetryTimer() { stop(); }
  RetryTimer(const RetryTimer&) = delete;
  RetryTimer& operator=(const RetryTimer&) = delete;

  // Nothing while a pause runs already.
  void start();
  // The disk took something: the next pause is the shortest.
  void reset() { next_ = pause_.shortest; }
  // No call comes any more, whatever is started.
  void stop();

 private:
  const std::function<void()> again_;
  const RetryPause pause_;
  std::chrono::milliseconds next_ = pause_.shortest;
  bool waiting_ = false;
  boost::asio::steady_timer timer_;
  std::shared_ptr<bool> life_ = std::make_shared<bool>();  // none: stopped
};

}  // namespace srs
