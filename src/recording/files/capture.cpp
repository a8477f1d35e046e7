#include "recording/files/capture_file.hpp"
#include "recording/files/capture_flusher.hpp"
#include "recording/files/capture_metrics.hpp"
#include "recording/files/capture_queue.hpp"
#include "recording/files/pcapng.hpp"

#include <srs/log/folded.hpp>
#include <srs/recording/capture.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace srs::recording {
namespace {

namespace asio = boost::asio;

// Set once, from another thread, and awaited on the io_context.
class Event {
 public:
  explicit Event(asio::any_io_executor executor)
      : executor_(executor), timer_(executor, asio::steady_timer::time_point::max()) {}

  static void set(const std::shared_ptr<Event>& event) {
    asio::post(event->executor_, [event] {
      event->set_ = true;
      event->timer_.cancel();
    });
  }

  asio::awaitable<void> wait() {
    while (!set_) {
      boost::system::error_code cancelled;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
  }

 private:
  asio::any_io_executor executor_;
  asio::steady_timer timer_;
  bool set_ = false;
};

// What captures share.
struct Shared {
  Shared(asio::any_io_executor io, const CaptureOptions& options, metrics::Registry& registry,
         const log::Logger& log)
      : executor(io),
        metrics(registry),
        queue(options, metrics, log),
        flusher(io, options.flush_interval),
        full(log, log::Level::Error, "capture_disk_too_slow") {}

  asio::any_io_executor executor;
  CaptureMetrics metrics;
  CaptureQueue queue;
  Flusher flusher;
  log::Folded full;
  std::uint64_t crowded_out = 0;  // datagrams
};

class PcapngCapture final : public Capture, private Flushable {
 public:
  PcapngCapture(Shared& shared, std::filesystem::path path)
      : shared_(shared), file_(std::make_shared<CaptureFile>(std::move(path))) {
    shared_.flusher.add(*this);
  }
  ~PcapngCapture() override {
    if (leave() && used_) shared_.queue.close(file_, std::move(block_), false, {});
  }

  void on_datagram(std::uint16_t local_port, const rtp::Datagram& datagram) override {
    if (closed_) return;
    used_ = true;
    const std::size_t size = pcapng::packet_size(datagram);
    if (!make_room(size)) return drop();
    // RTCP's port is the odd one of the pair (RFC 3550 §11).
    const auto port = static_cast<std::uint16_t>(local_port | (datagram.rtcp_port ? 1 : 0));
    pcapng::write_packet(block_->add(size), port, datagram);
  }

  asio::awaitable<Summary> close(bool sync) override {
    leave();
    if (!used_) co_return file_->summary();  // nothing came: there is no file to wait for
    const auto written = std::make_shared<Event>(shared_.executor);
    shared_.queue.close(file_, std::move(block_), sync, [written] { Event::set(written); });
    co_await written->wait();
    co_return file_->summary();
  }

  Summary summary() const override { return file_->summary(); }
  std::filesystem::path moved_to() const override { return file_->moved_to(); }

 private:
  bool make_room(std::size_t size) {
    if (block_ && block_->room() >= size) return true;
    if (block_ && !shared_.queue.write(file_, block_)) return false;
    block_ = shared_.queue.take_block(size);
    return true;
  }

  void drop() {
    file_->drop(1);
    shared_.metrics.dropped.Increment();
    ++shared_.crowded_out;
    shared_.full.add(log::Folded::Clock::now());
  }

  void flush() override {
    if (block_) shared_.queue.write(file_, block_);
  }

  bool leave() {
    if (std::exchange(closed_, true)) return false;
    shared_.flusher.remove(*this);
    return true;
  }

  Shared& shared_;
  std::shared_ptr<CaptureFile> file_;
  std::unique_ptr<CaptureBlock> block_;  // from the first packet after a write on
  bool used_ = false;                    // a datagram came
  bool closed_ = false;
};

class PcapngWriter final : public CaptureWriter {
 public:
  PcapngWriter(asio::any_io_executor executor, const CaptureOptions& options,
               metrics::Registry& registry, const log::Logger& log)
      : shared_(std::move(executor), options, registry, log),
        pending_(metrics::computed(registry, [this, limit = options.max_pending](auto& families) {
          families.push_back(metrics::family(
              "capture_pending_bytes", "Bytes of captures that wait for the disk",
              prometheus::MetricType::Gauge, {{{}, static_cast<double>(pending_bytes())}}));
          families.push_back(metrics::family(
              "capture_pending_limit_bytes", "Bytes of captures that may wait for the disk",
              prometheus::MetricType::Gauge, {{{}, static_cast<double>(limit)}}));
        })) {}

  std::unique_ptr<Capture> open(std::filesystem::path path) override {
    return std::make_unique<PcapngCapture>(shared_, std::move(path));
  }
  std::size_t pending_bytes() const override { return shared_.queue.pending_bytes(); }
  std::chrono::nanoseconds stalled() const override { return shared_.queue.stalled(); }
  std::uint64_t crowded_out() const override { return shared_.crowded_out; }
  std::uint64_t refusals() const override {
    return static_cast<std::uint64_t>(shared_.metrics.errors.Value());
  }
  std::string refusal() const override { return shared_.queue.refusal(); }

 private:
  Shared shared_;
  std::shared_ptr<prometheus::Collectable> pending_;
};

}  // namespace

std::unique_ptr<CaptureWriter> CaptureWriter::make(asio::any_io_executor executor,
                                                   const CaptureOptions& options,
                                                   metrics::Registry& registry, log::Logger log) {
  return std::make_unique<PcapngWriter>(std::move(executor), options, registry, log);
}

}  // namespace srs::recording
