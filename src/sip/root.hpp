// sofia's event loop, turned by the io_context.
#pragma once

#include "sip/sofia.hpp"
#include "sip/sofia_log.hpp"

#include <srs/log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace srs::sip {

// A su_root whose epoll descriptor the io_context watches: sofia works when a socket of it is ready
// or a timer of it is due, and sleeps otherwise. Where /proc hides that descriptor it is stepped
// every 5 ms instead, which the log says. Made, used and destroyed on the executor's one thread:
// sofia asserts it.
class Root {
 public:
  enum class Wake { ByDescriptor, ByPolling };

  Root(boost::asio::any_io_executor executor, log::Logger log, Wake wake = Wake::ByDescriptor);
  ~Root();
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  su_root_t* get() const { return root_; }
  const boost::asio::any_io_executor& executor() const { return executor_; }
  // Must follow every call into sofia: timers and messages set from here don't wake its epoll.
  // Cheap, and needless within sofia's own callbacks.
  void pump();
  bool watches_descriptor() const { return descriptor_.has_value(); }
  SofiaLog& sofia_log() { return sofia_log_; }
  const SofiaLog& sofia_log() const { return sofia_log_; }

 private:
  void watch(int descriptor);
  void wait_readable();
  void step();
  void sleep(std::chrono::milliseconds duration);
  std::chrono::milliseconds turn();

  boost::asio::any_io_executor executor_;
  log::Logger log_;
  SofiaLog sofia_log_{log_};
  su_root_t* root_ = nullptr;
  std::optional<boost::asio::posix::stream_descriptor> descriptor_;
  boost::asio::steady_timer timer_;
  std::optional<std::chrono::steady_clock::time_point> wakes_at_;  // while the timer runs
  bool stepping_ = false;
  bool posted_ = false;
  // Handlers hold it weakly, so that none runs after us.
  std::shared_ptr<int> life_ = std::make_shared<int>();
};

}  // namespace srs::sip
