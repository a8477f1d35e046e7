#include "socket.hpp"

#include <srs/rtp/bulk_sender.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace srs::rtp {
namespace {

using Clock = std::chrono::steady_clock;

struct Outgoing {
  BulkStream stream;
  socklen_t length = 0;  // of the destination
  std::size_t socket = 0;
  std::size_t slot = 0;
  std::uint64_t index = 0;
  std::uint64_t packets = 0;
  bool over = false;
  std::array<std::uint8_t, 12> header{};

  // RFC 3550 §5.1; the marker begins the talkspurt.
  void write_header() {
    header[0] = 0x80;
    header[1] = static_cast<std::uint8_t>(stream.payload_type | (index == 0 ? 0x80 : 0));
    write_u16(header, 2, static_cast<std::uint16_t>(index));
    write_u32(header, 4, static_cast<std::uint32_t>(index * stream.timestamp_step));
    write_u32(header, 8, stream.ssrc);
  }
};

// One sendmmsg's worth of packets for one socket.
class Batch {
 public:
  static constexpr std::size_t capacity = 128;

  bool full() const { return count_ == capacity; }
  void add(Outgoing& out, Bytes payload) {
    auto& parts = vectors_[count_];
    parts[0] = {out.header.data(), out.header.size()};
    parts[1] = {const_cast<std::uint8_t*>(payload.data()), payload.size()};
    auto& header = messages_[count_].msg_hdr;
    header = {};
    header.msg_name = &out.stream.destination.storage;
    header.msg_namelen = out.length;
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    streams_[count_++] = &out;
  }

  void flush(int socket, BulkStats& stats) {
    for (std::size_t at = 0; at < count_;) {
      const int sent =
          ::sendmmsg(socket, &messages_[at], static_cast<unsigned>(count_ - at), MSG_NOSIGNAL);
      // The first one was refused: it is left out.
      if (sent <= 0) ++stats.failed, ++at;
      for (int i = 0; i < sent; ++i, ++at) count(at, stats);
    }
    count_ = 0;
  }

 private:
  void count(std::size_t at, BulkStats& stats) {
    ++stats.packets;
    stats.bytes += messages_[at].msg_len;
    ++streams_[at]->packets;
  }

  std::array<mmsghdr, capacity> messages_{};
  std::array<std::array<iovec, 2>, capacity> vectors_{};
  std::array<Outgoing*, capacity> streams_{};
  std::size_t count_ = 0;
};

class ThreadedSender final : public BulkSender {
 public:
  ThreadedSender(const BulkSenderOptions& options, std::vector<Fd> sockets)
      : options_(options),
        sockets_(std::move(sockets)),
        batches_(sockets_.size()),
        slots_(static_cast<std::size_t>(std::max<std::int64_t>(1, options.frame / options.tick))),
        thread_([this] { run(); }) {}

  ~ThreadedSender() override {
    stopping_ = true;
    thread_.join();
  }

  Id add(BulkStream stream) override;
  std::uint64_t remove(Id id) override;
  std::uint16_t port(Id id) const override;
  BulkStats stats() const override;

 private:
  void run();
  void tick(std::size_t slot, Clock::time_point due);
  void flush(std::size_t socket) { batches_[socket].flush(sockets_[socket].get(), stats_); }

  const BulkSenderOptions options_;
  const std::vector<Fd> sockets_;
  // Between the thread that sends and the one that adds: what this class exists for.
  mutable std::mutex mutex_;
  std::vector<Batch> batches_;
  std::vector<std::vector<Outgoing*>> slots_;
  std::map<Id, std::unique_ptr<Outgoing>> streams_;
  Id next_id_ = 0;
  BulkStats stats_;
  std::chrono::nanoseconds lateness_{0};  // sum
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

BulkSender::Id ThreadedSender::add(BulkStream stream) {
  const std::lock_guard lock(mutex_);
  const auto id = next_id_++;
  auto out = std::make_unique<Outgoing>();
  out->length = stream.destination.is_v6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  out->stream = std::move(stream);
  out->socket = id % sockets_.size();
  const auto slot =
      std::min_element(slots_.begin(), slots_.end(),
                       [](const auto& a, const auto& b) { return a.size() < b.size(); });
  out->slot = static_cast<std::size_t>(slot - slots_.begin());
  slot->push_back(out.get());
  streams_.emplace(id, std::move(out));
  ++stats_.active;
  return id;
}

std::uint64_t ThreadedSender::remove(Id id) {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(id);
  if (found == streams_.end()) return 0;
  const auto out = std::move(found->second);
  streams_.erase(found);
  if (!out->over) --stats_.active;
  std::erase(slots_[out->slot], out.get());
  return out->packets;
}

std::uint16_t ThreadedSender::port(Id id) const {
  return local_port(sockets_[id % sockets_.size()].get());
}

BulkStats ThreadedSender::stats() const {
  const std::lock_guard lock(mutex_);
  auto result = stats_;
  if (result.ticks > 0) result.mean_lateness = lateness_ / static_cast<std::int64_t>(result.ticks);
  return result;
}

void ThreadedSender::run() {
  // The kernel may wake a thread 50 us late to save wake-ups: half a tick.
  ::prctl(PR_SET_TIMERSLACK, 1);
  auto due = Clock::now();
  for (std::size_t slot = 0; !stopping_; slot = (slot + 1) % slots_.size()) {
    std::this_thread::sleep_until(due);
    tick(slot, due);
    due += Clock::duration(options_.frame) / slots_.size();
  }
}

void ThreadedSender::tick(std::size_t slot, Clock::time_point due) {
  const std::lock_guard lock(mutex_);
  const std::chrono::nanoseconds late = Clock::now() - due;
  ++stats_.ticks;
  lateness_ += late;
  stats_.max_lateness = std::max(stats_.max_lateness, late);
  if (late > options_.tick) ++stats_.late_ticks;
  for (auto* out : slots_[slot]) {
    if (out->over) continue;
    const auto payload = out->stream.payload(out->index);
    out->over = payload.empty();
    if (out->over) {
      --stats_.active;
      continue;
    }
    out->write_header();
    ++out->index;
    if (batches_[out->socket].full()) flush(out->socket);
    batches_[out->socket].add(*out, payload);
  }
  for (std::size_t socket = 0; socket < sockets_.size(); ++socket) flush(socket);
}

}  // namespace

Result<std::unique_ptr<BulkSender>> BulkSender::open(const BulkSenderOptions& options) {
  if (options.tick.count() <= 0 || options.frame < options.tick)
    return Error{"bulk sender: a frame must be at least one tick long"};
  std::vector<Fd> sockets;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.sockets); ++i) {
    auto bound = bind_udp(options.local_address, 0);
    if (bound.error != 0) {
      return Error{"no UDP socket at " + options.local_address + ": " + std::strerror(bound.error)};
    }
    // A full send buffer shall make the sender wait, not lose.
    ::fcntl(bound.socket.get(), F_SETFL, 0);
    sockets.push_back(std::move(bound.socket));
  }
  return std::unique_ptr<BulkSender>(std::make_unique<ThreadedSender>(options, std::move(sockets)));
}

}  // namespace srs::rtp
