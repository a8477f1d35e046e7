// How datagrams come out of the kernel.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/rtp/options.hpp>
#include <srs/rtp/packet.hpp>
#include <srs/rtp/port_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace srs::rtp {

// Longer datagrams are left out and counted. Room for 80 ms of 48 kHz stereo L16; an odd count of
// cache lines, so that the first lines of many such buffers fall into different sets of the cache.
inline constexpr std::size_t kLongestDatagram = 257 * 64;

// Who takes what came for one port pair, called by the engine on the io_context. Outlives its stay
// there; what it throws is counted, logged and goes no further.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // A batch of one port pair's datagrams in the order of arrival; RTCP ones may stand among them.
  virtual void on_datagrams(std::span<const Datagram> datagrams) = 0;
  // Comes now and then while the pair is in the engine, at least twice in Options::rtcp_interval,
  // whether anything arrived or not: the one clock of all streams.
  virtual void on_turn(std::chrono::steady_clock::time_point) {}
  // So many datagrams found the pair's receive buffers full; the last ones are told by remove().
  virtual void on_kernel_drops(std::uint32_t) {}
  virtual void on_truncated(std::uint64_t) {}  // so many were longer than kLongestDatagram
};

// Reads the sockets of port pairs and hands what came to their sinks. Runs on the io_context.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string_view name() const = 0;

  // From now on `pair`'s datagrams go to `sink`; both outlive remove().
  virtual void add(PortPair& pair, PacketSink& sink) = 0;
  // Delivers everything that the kernel holds for `pair` now, then forgets it.
  virtual void remove(PortPair& pair) = 0;
  // Delivers everything that the kernel holds for `pair` now.
  virtual void drain(PortPair& pair) = 0;

  virtual std::size_t pairs() const = 0;

  struct Drops {
    std::uint64_t datagrams = 0;                                // since the start
    std::optional<std::chrono::steady_clock::time_point> last;  // when the last were found out
  };
  virtual Drops drops() const { return {}; }
};

// The engine that `options.engine` names (`sweep`). Its metrics: rtp_sweep_overruns_total, the
// kernel's drops of our sockets as rtp_kernel_drops_total, sweep duration.
Result<std::unique_ptr<Engine>> make_engine(boost::asio::any_io_executor executor,
                                            const Options& options, metrics::Registry& registry,
                                            log::Logger log);

}  // namespace srs::rtp
