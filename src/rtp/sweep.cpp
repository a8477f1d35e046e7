#include "sweep.hpp"

#include "socket.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <algorithm>

namespace srs::rtp {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds slice_goal{5};
constexpr milliseconds slowest_turn{500};
// A socket that is flooded yields to the others after this many full batches...
constexpr std::size_t sweep_batches = 8;
// ...and at the end of a call after more than any receive buffer holds.
constexpr std::size_t drain_batches = 1024;

std::size_t slice_count(const Options& options) {
  return static_cast<std::size_t>(std::max<std::int64_t>(1, options.sweep_interval / slice_goal));
}

std::uint32_t sweeps_per_turn(const Options& options) {
  auto turn = slowest_turn;
  if (options.rtcp_interval.count() > 0) turn = std::min(turn, options.rtcp_interval / 4);
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, turn / options.sweep_interval));
}

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

SweepEngine::Metrics::Metrics(prometheus::Registry& registry)
    : overruns(counter(registry, "rtp_sweep_overruns_total",
                       "Sweeps that began more than a whole sweep interval late")),
      kernel_drops(counter(registry, "rtp_kernel_drops_total",
                           "Datagrams the kernel dropped at the sockets of running calls")),
      truncated(counter(registry, "rtp_datagrams_truncated_total",
                        "Datagrams too long for any media we take, left out")),
      failures(counter(registry, "rtp_sink_failures_total",
                       "Exceptions of those that media was handed to: our mistakes")),
      seconds(prometheus::BuildHistogram()
                  .Name("rtp_sweep_seconds")
                  .Help("Time one wake-up of the sweep took")
                  .Register(registry)
                  .Add({}, prometheus::Histogram::BucketBoundaries{0.0001, 0.00025, 0.0005, 0.001,
                                                                   0.0025, 0.005, 0.01, 0.025, 0.1,
                                                                   0.5})) {}

SweepEngine::SweepEngine(boost::asio::any_io_executor executor, const Options& options,
                         metrics::Registry& registry, const log::Logger& log)
    : slice_length_(Clock::duration(options.sweep_interval) / slice_count(options)),
      sweeps_per_turn_(sweeps_per_turn(options)),
      lateness_(log, log::Level::Warning, "rtp_sweep_late"),
      dropping_(log, log::Level::Warning, "rtp_kernel_drops"),
      truncating_(log, log::Level::Warning, "rtp_datagrams_truncated"),
      failing_(log, log::Level::Error, "rtp_sink_failed"),
      metrics_(registry.native()),
      timer_(std::move(executor)),
      slices_(slice_count(options)) {}

SweepEngine::~SweepEngine() {
  for (auto* lines : {&lateness_, &dropping_, &truncating_, &failing_}) lines->flush();
}

void SweepEngine::add(PortPair& pair, PacketSink& sink) {
  auto& slice = *std::min_element(slices_.begin(), slices_.end(),
                                  [](const auto& a, const auto& b) { return a.size() < b.size(); });
  slice.push_back({&pair, &sink, pair.rtp_socket(), pair.rtcp_socket(),
                   kernel_drops(pair.rtp_socket()), kernel_drops(pair.rtcp_socket()),
                   1 + added_++ % sweeps_per_turn_});
  ++pairs_;
  wait();
}

void SweepEngine::drain(PortPair& pair) {
  const auto place = find(pair);
  if (place.slice == nullptr) return;
  const auto entry = (*place.slice)[place.index];
  deliver(entry.rtp, false, *entry.sink, drain_batches);
  deliver(entry.rtcp, true, *entry.sink, drain_batches);
}

void SweepEngine::remove(PortPair& pair) {
  drain(pair);
  const auto place = find(pair);
  if (place.slice == nullptr) return;
  auto& slice = *place.slice;
  count_drops(slice[place.index]);
  --pairs_;
  if (&slice == sweeping_) {
    slice[place.index] = {};
    return;
  }
  slice[place.index] = slice.back();
  slice.pop_back();
}

// Once per call's end; the sweep itself looks nothing up.
SweepEngine::Place SweepEngine::find(const PortPair& pair) {
  for (auto& slice : slices_) {
    const auto entry = std::find_if(slice.begin(), slice.end(),
                                    [&](const Entry& each) { return each.pair == &pair; });
    if (entry != slice.end()) return {&slice, static_cast<std::size_t>(entry - slice.begin())};
  }
  return {};
}

// Without pairs the timer sleeps.
void SweepEngine::wait() {
  if (waiting_ || pairs_ == 0) return;
  if (const auto now = Clock::now(); due_ + slice_length_ * slices_.size() < now) due_ = now;
  skip_empty_slices();
  waiting_ = true;
  timer_.expires_at(due_);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
    if (error || alive.expired()) return;
    waiting_ = false;
    on_timer();
    wait();
  });
}

void SweepEngine::skip_empty_slices() {
  for (std::size_t i = 0; i < slices_.size() && slices_[current_].empty(); ++i) {
    current_ = (current_ + 1) % slices_.size();
    due_ += slice_length_;
  }
}

void SweepEngine::on_timer() {
  const auto start = Clock::now();
  if (start - due_ > slice_length_ * static_cast<std::int64_t>(slices_.size())) {
    overrun(start - due_);
    due_ = start;
  }
  // What became due while the io_context was busy is swept at once.
  for (std::size_t i = 0; i < slices_.size() && due_ <= start; ++i) {
    auto& slice = slices_[current_];
    current_ = (current_ + 1) % slices_.size();
    due_ += slice_length_;
    sweep(slice);
  }
  metrics_.seconds.Observe(std::chrono::duration<double>(Clock::now() - start).count());
}

// The sign of an overloaded process, before the kernel's buffers are full.
void SweepEngine::overrun(Clock::duration late) {
  metrics_.overruns.Increment();
  lateness_.add(Clock::now(), 1, [&] {
    return log::Fields{{"late_ms", std::chrono::duration_cast<milliseconds>(late).count()}};
  });
}

// Sinks may add and remove pairs, of this slice too: entries are addressed by index, and those that
// go are only marked until the slice is through.
void SweepEngine::sweep(Slice& slice) {
  sweeping_ = &slice;
  const auto now = Clock::now();
  for (std::size_t i = 0; i < slice.size(); ++i) {
    if (slice[i].pair == nullptr) continue;
    deliver(slice[i].rtp, false, *slice[i].sink, sweep_batches, &slice, i);
    if (slice[i].pair != nullptr && --slice[i].sweeps_to_turn == 0) turn(slice, i, now);
  }
  sweeping_ = nullptr;
  std::erase_if(slice, [](const Entry& entry) { return entry.pair == nullptr; });
}

// A mistake in one call's code must not stop the media of all the others.
template <class Call>
void SweepEngine::guarded(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    metrics_.failures.Increment();
    failing_.add(Clock::now(), 1, [&] { return log::Fields{{"what", error.what()}}; });
  }
}

void SweepEngine::turn(Slice& slice, std::size_t index, Clock::time_point now) {
  slice[index].sweeps_to_turn = sweeps_per_turn_;
  count_drops(slice[index]);
  deliver(slice[index].rtcp, true, *slice[index].sink, 1, &slice, index);
  if (slice[index].pair != nullptr) guarded([&] { slice[index].sink->on_turn(now); });
}

// SO_MEMINFO is exact at any time; SO_RXQ_OVFL would tell only with the next packet, if one comes.
void SweepEngine::count_drops(Entry& entry) {
  const auto rtp = kernel_drops(entry.rtp);
  const auto rtcp = kernel_drops(entry.rtcp);
  const std::uint32_t dropped = (rtp - entry.rtp_drops) + (rtcp - entry.rtcp_drops);
  entry.rtp_drops = rtp;
  entry.rtcp_drops = rtcp;
  if (dropped == 0) return;
  metrics_.kernel_drops.Increment(dropped);
  drops_.datagrams += dropped;
  drops_.last = Clock::now();
  guarded([&] { entry.sink->on_kernel_drops(dropped); });
  dropping_.add(Clock::now(), dropped, [&] {
    return log::Fields{{"rtp_port", entry.pair->port()}};
  });
}

void SweepEngine::tell_truncated(int socket, std::uint64_t datagrams) {
  metrics_.truncated.Increment(static_cast<double>(datagrams));
  truncating_.add(Clock::now(), datagrams, [&] {
    return log::Fields{{"rtp_port", local_port(socket)}};
  });
}

void SweepEngine::deliver(int socket, bool rtcp_port, PacketSink& sink, std::size_t batches,
                          const Slice* slice, std::size_t index) {
  if (depth_ == batches_.size()) batches_.push_back(std::make_unique<ReceiveBatch>());
  auto& batch = *batches_[depth_];
  ++depth_;
  for (bool more = true; more && batches > 0; --batches) {
    const auto truncated = batch.truncated();
    const auto result = batch.read(socket, rtcp_port);
    if (const auto more_truncated = batch.truncated() - truncated; more_truncated > 0) {
      tell_truncated(socket, more_truncated);
      guarded([&] { sink.on_truncated(more_truncated); });
    }
    if (!result.datagrams.empty()) guarded([&] { sink.on_datagrams(result.datagrams); });
    const bool gone = slice != nullptr && (*slice)[index].pair == nullptr;
    more = result.more && !gone;
  }
  --depth_;
}

}  // namespace srs::rtp
