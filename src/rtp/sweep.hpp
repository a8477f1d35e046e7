// The receive engine that needs no privileges: a timer sweeps all sockets.
#pragma once

#include "receive_batch.hpp"

#include <srs/log/folded.hpp>
#include <srs/rtp/engine.hpp>

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <vector>

namespace srs::rtp {

// A recorder gains nothing by waking for each packet. The pairs are spread over slices of the sweep
// interval; every few milliseconds one slice's sockets are read with one recvmmsg each. Kernel
// timestamps keep the times of arrival exact, the kernel's receive buffer holds many intervals.
// RTCP sockets, the kernel's drop counters and the sinks' on_turn() come round more slowly.
class SweepEngine final : public Engine {
 public:
  SweepEngine(boost::asio::any_io_executor executor, const Options& options,
              metrics::Registry& registry, const log::Logger& log);
  ~SweepEngine() override;

  std::string_view name() const override { return "sweep"; }
  void add(PortPair& pair, PacketSink& sink) override;
  void remove(PortPair& pair) override;
  void drain(PortPair& pair) override;
  std::size_t pairs() const override { return pairs_; }
  Drops drops() const override { return drops_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    PortPair* pair = nullptr;  // none: removed while its slice was being swept
    PacketSink* sink = nullptr;
    int rtp = -1;
    int rtcp = -1;
    std::uint32_t rtp_drops = 0;
    std::uint32_t rtcp_drops = 0;
    std::uint32_t sweeps_to_turn = 0;
  };
  using Slice = std::vector<Entry>;
  struct Place {
    Slice* slice = nullptr;
    std::size_t index = 0;
  };
  struct Metrics {
    explicit Metrics(prometheus::Registry& registry);
    prometheus::Counter& overruns;
    prometheus::Counter& kernel_drops;
    prometheus::Counter& truncated;
    prometheus::Counter& failures;
    prometheus::Histogram& seconds;
  };

  Place find(const PortPair& pair);
  void wait();
  void on_timer();
  void skip_empty_slices();
  void overrun(Clock::duration late);
  void sweep(Slice& slice);
  void turn(Slice& slice, std::size_t index, Clock::time_point now);
  void count_drops(Entry& entry);
  void tell_truncated(int socket, std::uint64_t datagrams);
  template <class Call>
  void guarded(Call call);
  // Reads at most `batches` full batches; false where more may wait.
  void deliver(int socket, bool rtcp_port, PacketSink& sink, std::size_t batches,
               const Slice* slice = nullptr, std::size_t index = 0);

  const Clock::duration slice_length_;
  const std::uint32_t sweeps_per_turn_;
  log::Folded lateness_, dropping_, truncating_, failing_;
  Metrics metrics_;
  boost::asio::steady_timer timer_;
  std::vector<Slice> slices_;
  std::size_t current_ = 0;  // the slice that is due at due_
  Clock::time_point due_{};
  bool waiting_ = false;
  // A handler that was queued before the engine went finds this gone.
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  const Slice* sweeping_ = nullptr;
  std::size_t pairs_ = 0;
  Drops drops_;
  std::uint32_t added_ = 0;  // spreads the turns
  // One for each depth of deliveries within deliveries: a sink may remove or drain pairs.
  std::vector<std::unique_ptr<ReceiveBatch>> batches_;
  std::size_t depth_ = 0;
};

}  // namespace srs::rtp
