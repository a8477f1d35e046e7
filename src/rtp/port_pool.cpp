#include "pair_sockets.hpp"

#include <srs/log/folded.hpp>
#include <srs/rtp/networks.hpp>
#include <srs/rtp/port_pool.hpp>

#include <prometheus/counter.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

namespace srs::rtp {
namespace {

using Index = std::uint32_t;

// How long a pair that another process held is left alone where all others are taken, and how many
// of them one call tries: a call that could have been recorded costs more than some binds.
constexpr std::chrono::seconds held_retry{1};
constexpr std::size_t held_tries = 64;
// Stale datagrams thrown away at one lease; more can't wait in the small buffer of a resting pair.
constexpr std::uint64_t stale_limit = 4096;
// The same when figures are asked for, which may not take long: of each pair, and of how many.
constexpr std::uint64_t stale_glance = 64;
constexpr std::size_t pairs_per_look = 256;

struct Metrics {
  explicit Metrics(prometheus::Registry& registry)
      : exhaustion(prometheus::BuildCounter()
                       .Name("rtp_port_exhaustion_total")
                       .Help("Requests for a port pair that found none free")
                       .Register(registry)
                       .Add({})),
        cut(prometheus::BuildCounter()
                .Name("rtp_quarantines_cut_total")
                .Help("Port pairs given to a call before they had rested, for want of others")
                .Register(registry)
                .Add({})) {}
  prometheus::Counter& exhaustion;
  prometheus::Counter& cut;
};

class Pool final : public PortPool {
 public:
  Pool(const Options& options, std::uint16_t first, std::size_t count, metrics::Registry& registry,
       log::Logger log)
      : options_(options),
        first_(first),
        pairs_(count),
        metrics_(registry.native()),
        stale_lines_(std::move(log), log::Level::Info, "rtp_stale_packets") {
    start_ = std::uniform_int_distribution<Index>(0, static_cast<Index>(count - 1))(random_);
    gauges_ = metrics::computed(registry, [this](auto& families) { describe(families); });
  }

  // Binds the first pair that can be had, so that a wrong address shows at once.
  Result<void> probe() {
    const auto index = take_fresh(Clock::now());
    if (!index) return exhausted();
    // It never carried a call: nothing to rest from.
    freed_.push_back({*index, Clock::time_point::min()});
    ++idle_;
    return {};
  }

  Result<std::unique_ptr<PortPair>> lease(Clock::time_point now,
                                          std::span<const std::uint16_t> avoided) override;
  Result<void> check_room(std::size_t pairs, Clock::time_point now) override;
  void release(Index index, Clock::time_point now);

  std::size_t capacity() const override { return pairs_.size(); }
  std::size_t allocated() const override { return allocated_; }
  std::size_t held() const override { return held_.size(); }
  std::size_t resting(Clock::time_point now) const override {
    const auto done = [&](const Freed& freed) { return rested(freed, now); };
    const auto first = std::partition_point(freed_.begin(), freed_.end(), done);
    return static_cast<std::size_t>(freed_.end() - first);
  }

 private:
  struct Freed {
    Index index;
    Clock::time_point since;
  };

  bool rested(const Freed& freed, Clock::time_point now) const {
    return freed.since == Clock::time_point::min() || now - freed.since >= options_.quarantine;
  }
  using Ports = std::span<const std::uint16_t>;
  std::optional<Index> take(Clock::time_point now, Ports avoided = {});
  std::optional<Index> take_rested(Clock::time_point now, Ports avoided);
  std::optional<Index> take_fresh(Clock::time_point now);
  std::optional<Index> take_held(Clock::time_point now);
  std::optional<Index> take_resting(Clock::time_point now);
  bool bind(Index index);
  void prepare(Index index);
  void look_at_freed();
  void discard_stale(Index index, std::uint64_t limit);
  Error exhausted() const;
  std::uint16_t port(Index index) const { return static_cast<std::uint16_t>(first_ + 2 * index); }
  void describe(std::vector<prometheus::MetricFamily>& families);

  const Options options_;
  const std::uint16_t first_;
  std::vector<PairSockets> pairs_;
  Metrics metrics_;
  std::random_device random_;
  Index start_ = 0;          // where the round begins
  Index fresh_ = 0;          // pairs that were never tried: from start_ + fresh_ on
  std::deque<Freed> freed_;  // oldest first
  std::deque<Freed> held_;   // bound by others when last tried
  std::size_t idle_ = 0;     // freed pairs that are still bound
  std::size_t allocated_ = 0;
  std::size_t looked_ = 0;  // freed pairs that were looked at, in turn
  std::uint64_t stale_ = 0;
  log::Folded stale_lines_;
  int default_buffer_ = 0;
  int last_error_ = 0;  // errno of the last failed bind
  std::shared_ptr<prometheus::Collectable> gauges_;
};

class Lease final : public PortPair {
 public:
  Lease(Pool& pool, Index index, const PairSockets& sockets, std::uint16_t port)
      : pool_(pool), index_(index), sockets_(sockets), port_(port) {}
  ~Lease() override { pool_.release(index_, PortPool::Clock::now()); }
  std::uint16_t port() const override { return port_; }
  int rtp_socket() const override { return sockets_.rtp.get(); }
  int rtcp_socket() const override { return sockets_.rtcp.get(); }

 private:
  Pool& pool_;
  const Index index_;
  const PairSockets& sockets_;
  const std::uint16_t port_;
};

Result<std::unique_ptr<PortPair>> Pool::lease(Clock::time_point now, Ports avoided) {
  auto index = take(now, avoided);
  if (!index) index = take_resting(now);
  if (!index) {
    metrics_.exhaustion.Increment();
    return exhausted();
  }
  auto& sockets = pairs_[*index];
  prepare(*index);
  ++allocated_;
  return std::unique_ptr<PortPair>(std::make_unique<Lease>(*this, *index, sockets, port(*index)));
}

// Takes them and puts them back: only who binds a port knows that nobody else holds it.
Result<void> Pool::check_room(std::size_t pairs, Clock::time_point now) {
  std::vector<Index> taken;
  while (taken.size() < pairs) {
    const auto index = take(now);
    if (!index) break;
    taken.push_back(*index);
  }
  const bool enough = taken.size() + resting(now) >= pairs;
  // Nobody was told of them: nothing to rest from.
  for (; !taken.empty(); taken.pop_back(), ++idle_)
    freed_.push_front({taken.back(), Clock::time_point::min()});
  if (enough) return {};
  metrics_.exhaustion.Increment();
  return exhausted();
}

// Pairs that are bound already come first: then a call costs neither bind nor close.
std::optional<Index> Pool::take(Clock::time_point now, Ports avoided) {
  last_error_ = 0;
  if (const auto index = take_rested(now, avoided)) return index;
  if (const auto index = take_fresh(now)) return index;
  if (const auto index = take_held(now)) return index;
  return avoided.empty() ? std::nullopt : take_rested(now, {});
}

std::optional<Index> Pool::take_rested(Clock::time_point now, Ports avoided) {
  const auto is_avoided = [&](const Freed& freed) {
    return std::find(avoided.begin(), avoided.end(), port(freed.index)) != avoided.end();
  };
  auto next = freed_.begin();
  while ((next = std::find_if_not(next, freed_.end(), is_avoided)) != freed_.end() &&
         rested(*next, now)) {
    const auto index = next->index;
    next = freed_.erase(next);
    if (pairs_[index].rtp) {
      --idle_;
      return index;
    }
    if (bind(index)) return index;
    held_.push_back({index, now});
  }
  return std::nullopt;
}

std::optional<Index> Pool::take_fresh(Clock::time_point now) {
  while (fresh_ < pairs_.size()) {
    const auto index = static_cast<Index>((start_ + fresh_) % pairs_.size());
    // Out of descriptors or memory: the pair itself is good, so it stays fresh.
    if (!bind(index) && last_error_ != EADDRINUSE && last_error_ != EACCES) return std::nullopt;
    ++fresh_;
    if (pairs_[index].rtp) return index;
    held_.push_back({index, now});
  }
  return std::nullopt;
}

std::optional<Index> Pool::take_held(Clock::time_point now) {
  for (auto tries = std::min(held_.size(), held_tries);
       tries > 0 && now - held_.front().since >= held_retry; --tries) {
    const auto index = held_.front().index;
    held_.pop_front();
    if (bind(index)) return index;
    held_.push_back({index, now});
  }
  return std::nullopt;
}

// A call that is not recorded is worse than a late packet of another one in it, which its SSRC
// tells: the pair that rested longest.
std::optional<Index> Pool::take_resting(Clock::time_point now) {
  while (!freed_.empty()) {
    const auto index = freed_.front().index;
    const bool bound = static_cast<bool>(pairs_[index].rtp);
    // Out of descriptors or memory: the pair itself is good.
    if (!bound && !bind(index) && last_error_ != EADDRINUSE && last_error_ != EACCES) break;
    freed_.pop_front();
    if (bound) --idle_;
    if (pairs_[index].rtp) {
      metrics_.cut.Increment();
      return index;
    }
    held_.push_back({index, now});
  }
  return std::nullopt;
}

bool Pool::bind(Index index) {
  last_error_ = pairs_[index].bind(options_.bind_address, port(index));
  if (last_error_ != 0) return false;
  if (default_buffer_ == 0) default_buffer_ = receive_buffer(pairs_[index].rtp.get());
  return true;
}

void Pool::prepare(Index index) {
  discard_stale(index, stale_limit);
  if (options_.receive_buffer > 0)
    pairs_[index].force_receive_buffers(options_.receive_buffer);
  else
    pairs_[index].set_receive_buffers(default_buffer_);
}

// Nobody waits for what comes to a pair between two calls: it is counted when somebody asks.
void Pool::look_at_freed() {
  for (auto left = std::min(pairs_per_look, freed_.size()); left > 0; --left, ++looked_) {
    const auto index = freed_[looked_ % freed_.size()].index;
    if (pairs_[index].rtp) discard_stale(index, stale_glance);
  }
}

// Told as information: a few packets after the end of a call are the usual thing.
void Pool::discard_stale(Index index, std::uint64_t limit) {
  const auto stale = pairs_[index].discard_waiting(limit);
  if (stale == 0) return;
  stale_ += stale;
  stale_lines_.add(Clock::now(), stale, [&] { return log::Fields{{"rtp_port", port(index)}}; });
}

void Pool::release(Index index, Clock::time_point now) {
  auto& sockets = pairs_[index];
  --allocated_;
  freed_.push_back({index, now});
  if (idle_ >= options_.idle_pairs) {
    sockets = PairSockets{};
    return;
  }
  ++idle_;
  sockets.rest();
}

Error Pool::exhausted() const {
  auto text = "no RTP port pair is free in " + std::to_string(first_) + "-" +
              std::to_string(first_ + 2 * pairs_.size() - 1) + " on " + options_.bind_address;
  if (!held_.empty()) text += ", " + std::to_string(held_.size()) + " held by other processes";
  if (last_error_ != 0) text += ": " + std::string(std::strerror(last_error_));
  return Error{text};
}

void Pool::describe(std::vector<prometheus::MetricFamily>& families) {
  look_at_freed();
  families.push_back(
      metrics::family("rtp_stale_packets_total",
                      "Datagrams thrown away because they came to a port pair between two calls",
                      prometheus::MetricType::Counter, {{{}, static_cast<double>(stale_)}}));
  const auto gauge = [&](const char* name, const char* help, std::size_t value) {
    families.push_back(metrics::family(name, help, prometheus::MetricType::Gauge,
                                       {{{}, static_cast<double>(value)}}));
  };
  gauge("rtp_ports_allocated", "RTP/RTCP port pairs in use by calls", allocated_);
  gauge("rtp_ports_capacity", "RTP/RTCP port pairs in the configured range", pairs_.size());
  gauge("rtp_ports_quarantined", "RTP/RTCP port pairs that rest after a call",
        resting(Clock::now()));
  gauge("rtp_ports_held", "RTP/RTCP port pairs that other processes held when last tried",
        held_.size());
}

}  // namespace

Result<std::unique_ptr<PortPool>> PortPool::open(const Options& options,
                                                 metrics::Registry& registry, log::Logger log) {
  if (auto networks = parse_networks(options.allowed_sources); !networks)
    return Error{"rtp allowed sources: " + networks.error().text};
  if (!Endpoint::from(options.bind_address, 0))
    return Error{"rtp bind address: `" + options.bind_address + "` is no IPv4 or IPv6 address"};
  const auto first = (options.port_min + 1U) & ~1U;
  if (options.port_min == 0 || first + 1 > options.port_max) {
    return Error{"rtp ports: " + std::to_string(options.port_min) + "-" +
                 std::to_string(options.port_max) + " holds no pair of an even and an odd port"};
  }
  const std::size_t count = (options.port_max - first + 1U) / 2;
  auto pool = std::make_unique<Pool>(options, static_cast<std::uint16_t>(first), count, registry,
                                     std::move(log));
  if (auto probed = pool->probe(); !probed) return probed.error();
  return std::unique_ptr<PortPool>(std::move(pool));
}

}  // namespace srs::rtp
