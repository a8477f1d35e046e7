// Renders that wait and run, off the io_context.
#pragma once

#include "recording/metrics.hpp"

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/recording/service.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/retry_timer.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

namespace srs::recording {

// Turns ended sessions into complete recordings: renders the capture, writes metadata.json with its
// final state, deletes the capture where policy allows. What does not fit into the queue stays on
// disk as `rendering` and is fetched when the queue has run empty, or at the next start. Where the
// disk refuses a recording's last files it is postponed: one of those is tried again after pauses
// that grow to a minute, and once the disk took one the others follow; so is one whose render a
// fault of ours ended. What an earlier process may have died of is rendered one at a time, and
// given up where it goes on so (render_mark.hpp). Runs on the io_context; the destructor waits for
// the renders that run.
class RenderQueue {
 public:
  RenderQueue(boost::asio::any_io_executor executor, const Options& options, Metrics& metrics,
              metrics::Registry& registry, tracing::Tracer& tracer, log::Logger log,
              AfterRender after = {});
  ~RenderQueue();

  enum class Origin {
    Session,  // a session that has just ended
    Disk,     // found on disk: looked at again before it is rendered, it may have been finished
  };
  // Once for each recording: one that waits or runs already is left alone. False where the queue is
  // full: metadata.json must then say `rendering` on disk.
  // `session` is the span of the session, where this process had it; `deaths` those of processes
  // that rendered it.
  bool submit(std::filesystem::path directory, Document document, Origin origin,
              const tracing::SpanContext& session = {}, unsigned deaths = 0);

  std::size_t waiting() const { return pool_->waiting() + (alone_ ? alone_->waiting() : 0); }
  std::size_t running() const { return pool_->running() + (alone_ ? alone_->running() : 0); }
  std::size_t capacity() const { return options_.render_queue; }
  std::chrono::nanoseconds oldest_wait() const {
    return std::max(pool_->oldest_wait(),
                    alone_ ? alone_->oldest_wait() : std::chrono::nanoseconds(0));
  }
  // Nothing waits or runs; what is postponed waits for the disk, not for us.
  bool idle() const { return unfinished_.size() == postponed_.size(); }
  std::size_t postponed() const { return postponed_.size(); }

  // A recording whose files the disk refused, or whose render a fault of ours ended, as it was
  // before its render.
  struct Postponed {
    std::filesystem::path directory;
    Document document;
    tracing::SpanContext session;
    unsigned deaths = 0;
  };
  // Takes them all out, and tries none again: for the end of the process.
  std::deque<Postponed> give_up();

  // Called on the io_context when the queue ran empty and something had not fitted.
  std::function<void()> on_room;

 private:
  struct Outcome;
  bool start(Postponed recording, Origin origin, bool again);
  static Outcome of(const Postponed& recording);
  Outcome completed(const Postponed& recording, Origin origin) const;
  void finished(Outcome& outcome);
  void postpone(Outcome& outcome);
  void retry();
  void report(Outcome& outcome);
  void tell_of_capture(const Outcome& outcome, const log::Logger& log);
  void trace(const Outcome& outcome);
  tracing::SpanContext trace_crash(const Outcome& outcome);

  boost::asio::any_io_executor executor_;
  const Options& options_;
  Metrics& metrics_;
  tracing::Tracer& tracer_;
  log::Logger log_;
  std::unordered_set<std::string> unfinished_;  // recording ids submitted and not reported back
  const AfterRender after_;
  bool left_out_ = false;
  std::deque<Postponed> postponed_;
  std::unordered_set<std::string> told_;  // recording ids whose refusal stands in the log
  RetryTimer retry_;
  std::atomic<std::uint64_t>& refusals_;
  std::atomic<std::uint64_t>& gone_;
  std::atomic<std::uint64_t>& damaged_;
  std::shared_ptr<RenderQueue*> self_;  // emptied by the destructor, for reports that come late
  std::shared_ptr<prometheus::Collectable> figures_;
  const WorkerPool::Report report_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<WorkerPool> alone_;  // one thread, once there is a recording of deaths
};

}  // namespace srs::recording
