#include <srs/health/heartbeat.hpp>

#include <boost/asio/steady_timer.hpp>
#include <prometheus/histogram.h>

#include <algorithm>
#include <array>
#include <utility>

namespace srs::health {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// The greatest value of the last ten seconds, kept as one for each second.
class RecentMax {
 public:
  void add(Clock::time_point now, nanoseconds value) {
    auto& slot = slots_[index(now)];
    if (slot.second != second(now)) slot = {second(now), {}};
    slot.value = std::max(slot.value, value);
  }

  nanoseconds at(Clock::time_point now) const {
    nanoseconds worst{0};
    for (const auto& slot : slots_) {
      if (second(now) - slot.second < kSeconds) worst = std::max(worst, slot.value);
    }
    return worst;
  }

 private:
  static constexpr std::int64_t kSeconds = 10;
  struct Slot {
    std::int64_t second = -kSeconds;
    nanoseconds value{0};
  };
  static std::int64_t second(Clock::time_point time) {
    return std::chrono::duration_cast<seconds>(time.time_since_epoch()).count();
  }
  static std::size_t index(Clock::time_point time) {
    return static_cast<std::size_t>(second(time) % kSeconds);
  }

  std::array<Slot, kSeconds> slots_;
};

class TimerHeartbeat final : public Heartbeat, public std::enable_shared_from_this<TimerHeartbeat> {
 public:
  TimerHeartbeat(boost::asio::any_io_executor executor, std::chrono::milliseconds interval,
                 metrics::Registry& registry, std::function<void()> on_beat)
      : interval_(interval),
        on_beat_(std::move(on_beat)),
        timer_(std::move(executor)),
        lag_(prometheus::BuildHistogram()
                 .Name("event_loop_lag_seconds")
                 .Help("How late a timer of the event loop fires.")
                 .Register(registry.native())
                 .Add({}, metrics::latency_buckets())) {}

  void arm() {
    timer_.expires_after(interval_);
    // Weak: whoever drops the heartbeat ends it.
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (!error && self && !self->stopped_) self->beat();
    });
  }

  void stop() override {
    stopped_ = true;
    timer_.cancel();
  }

  nanoseconds recent_lag() const override {
    const auto now = Clock::now();
    // A beat that is overdue is lag as well: whoever asks may run just before it.
    const nanoseconds overdue = stopped_ ? nanoseconds(0) : nanoseconds(now - timer_.expiry());
    return std::max(recent_.at(now), overdue);
  }

 private:
  void beat() {
    const auto now = Clock::now();
    const nanoseconds lag = std::max<Clock::duration>(now - timer_.expiry(), Clock::duration(0));
    recent_.add(now, lag);
    lag_.Observe(std::chrono::duration<double>(lag).count());
    if (on_beat_) on_beat_();
    if (!stopped_) arm();
  }

  const std::chrono::milliseconds interval_;
  const std::function<void()> on_beat_;
  boost::asio::steady_timer timer_;
  prometheus::Histogram& lag_;
  RecentMax recent_;
  bool stopped_ = false;
};

}  // namespace

std::shared_ptr<Heartbeat> Heartbeat::start(boost::asio::any_io_executor executor,
                                            std::chrono::milliseconds interval,
                                            metrics::Registry& registry,
                                            std::function<void()> on_beat) {
  auto heartbeat =
      std::make_shared<TimerHeartbeat>(std::move(executor), interval, registry, std::move(on_beat));
  heartbeat->arm();
  return heartbeat;
}

}  // namespace srs::health
