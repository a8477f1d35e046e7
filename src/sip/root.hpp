// sofia's event loop, turned by the io_context.
#pragma once

#include "sip/sofia.hpp"

#include <srs/log/folded.hpp>
#include <srs/log/logger.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdarg>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

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
  // Connections that sofia closed because a message on them had no end within NTATAG_MAXSIZE.
  std::uint64_t overflows() const { return overflows_; }
  // Requests that sofia dropped, for their Via names another transport.
  std::uint64_t dropped() const { return dropped_; }

 private:
  static void write_log(void* root, const char* format, va_list arguments);
  void hear(std::string_view line);
  void watch(int descriptor);
  void wait_readable();
  void step();
  void sleep(std::chrono::milliseconds duration);
  std::chrono::milliseconds turn();

  boost::asio::any_io_executor executor_;
  log::Logger log_;
  su_root_t* root_ = nullptr;
  std::optional<boost::asio::posix::stream_descriptor> descriptor_;
  boost::asio::steady_timer timer_;
  std::optional<std::chrono::steady_clock::time_point> wakes_at_;  // while the timer runs
  std::uint64_t overflows_ = 0;
  std::uint64_t dropped_ = 0;
  log::Folded overflow_lines_{log_, log::Level::Warning, "sip_connection_overflowed"};
  log::Folded dropped_lines_{log_, log::Level::Warning, "sip_request_dropped"};
  bool stepping_ = false;
  bool posted_ = false;
  // Handlers hold it weakly, so that none runs after us.
  std::shared_ptr<int> life_ = std::make_shared<int>();
};

}  // namespace srs::sip
