#include <srs/util/retry_timer.hpp>

#include <algorithm>
#include <utility>

namespace srs {

RetryTimer::RetryTimer(boost::asio::any_io_executor executor, std::function<void()> again,
                       RetryPause pause)
    : again_(std::move(again)), pause_(pause), timer_(std::move(executor)) {}

void RetryTimer::start() {
  if (!life_ || std::exchange(waiting_, true)) return;
  timer_.expires_after(std::exchange(next_, std::min(2 * next_, pause_.longest)));
  // A handler that was due already comes without an error, even after a cancel().
  timer_.async_wait([this, life = std::weak_ptr(life_)](boost::system::error_code error) {
    if (error || life.expired()) return;
    waiting_ = false;
    again_();
  });
}

void RetryTimer::stop() {
  life_.reset();
  timer_.cancel();
}

}  // namespace srs
