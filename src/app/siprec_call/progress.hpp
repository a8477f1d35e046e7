// The progress bar.
#pragma once

#include "app/siprec_call/summary.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>

namespace srs::call {

struct ProgressState {
  std::size_t wanted = 0;
  std::size_t ended = 0;
  std::size_t active = 0;
  std::size_t failed = 0;
  std::chrono::milliseconds elapsed{};
  std::chrono::milliseconds expected{};  // length of the run; 0: not known
};

// `[######----]  60 %  120/200 calls, 40 active, 0 failed, 12 s`: one line without its end.
std::string progress_line(const ProgressState& state);

// Redraws the line on `out` five times a second until stop(), which wipes it away.
class Progress {
 public:
  using Source = std::function<ProgressState()>;
  Progress(boost::asio::any_io_executor executor, std::ostream& out, Source source);

  boost::asio::awaitable<void> run();
  void stop();

 private:
  boost::asio::steady_timer timer_;
  std::ostream& out_;
  Source source_;
  bool drawn_ = false;
  bool stopped_ = false;
};

}  // namespace srs::call
