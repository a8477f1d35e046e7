#include "app/siprec_call/progress.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

namespace srs::call {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kWidth = 30;
constexpr std::chrono::milliseconds kEvery{200};

// By the clock where the length is known, otherwise by the calls that have ended.
double share(const ProgressState& state) {
  const double calls =
      state.wanted == 0 ? 0 : static_cast<double>(state.ended) / static_cast<double>(state.wanted);
  if (state.expected.count() == 0) return calls;
  const double time =
      static_cast<double>(state.elapsed.count()) / static_cast<double>(state.expected.count());
  return std::clamp(std::max(time, calls), 0.0, state.ended < state.wanted ? 0.99 : 1.0);
}

}  // namespace

std::string progress_line(const ProgressState& state) {
  const double part = share(state);
  const auto filled = static_cast<std::size_t>(part * kWidth);
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, '-') + "] " +
         std::to_string(static_cast<int>(part * 100)) + " %  " + std::to_string(state.ended) + "/" +
         std::to_string(state.wanted) + " calls, " + std::to_string(state.active) + " active, " +
         std::to_string(state.failed) + " failed, " + std::to_string(state.elapsed.count() / 1000) +
         " s";
}

Progress::Progress(asio::any_io_executor executor, std::ostream& out, Source source)
    : timer_(std::move(executor)), out_(out), source_(std::move(source)) {}

asio::awaitable<void> Progress::run() {
  while (!stopped_) {
    out_ << "\r\x1b[K" << progress_line(source_()) << std::flush;
    drawn_ = true;
    timer_.expires_after(kEvery);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void Progress::stop() {
  if (stopped_) return;
  stopped_ = true;
  timer_.cancel();
  if (drawn_) out_ << "\r\x1b[K" << std::flush;
}

}  // namespace srs::call
