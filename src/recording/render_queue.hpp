// Renders that wait and run, off the io_context.
#pragma once

#include "recording/metrics.hpp"

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/recording/service.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

namespace srs::recording {

// Turns ended sessions into complete recordings: renders the capture, writes metadata.json with its
// final state, deletes the capture where policy allows. What does not fit into the queue stays on
// disk as `rendering` and is fetched when the queue has run empty, or at the next start. Runs on
// the io_context; the destructor waits for the renders that run.
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
  // `session` is the span of the session, where this process had it.
  bool submit(std::filesystem::path directory, Document document, Origin origin,
              const tracing::SpanContext& session = {});

  std::size_t waiting() const { return pool_->waiting(); }
  std::size_t running() const { return pool_->running(); }
  std::size_t capacity() const { return options_.render_queue; }
  std::chrono::nanoseconds oldest_wait() const { return pool_->oldest_wait(); }
  bool idle() const { return unfinished_.empty(); }

  // Called on the io_context when the queue ran empty and something had not fitted.
  std::function<void()> on_room;

 private:
  struct Outcome;
  void finished(const Outcome& outcome);
  void report(const Outcome& outcome);
  void trace(const Outcome& outcome);

  boost::asio::any_io_executor executor_;
  const Options& options_;
  Metrics& metrics_;
  tracing::Tracer& tracer_;
  log::Logger log_;
  std::unordered_set<std::string> unfinished_;  // recording ids submitted and not reported back
  const AfterRender after_;
  bool left_out_ = false;
  std::shared_ptr<RenderQueue*> self_;  // emptied by the destructor, for reports that come late
  std::shared_ptr<prometheus::Collectable> figures_;
  std::unique_ptr<WorkerPool> pool_;
};

// What a finished render leaves: the final document, written; the capture deleted where it may be.
// Without a capture there was no media, and no audio file is made.
// Blocks: for a worker thread.
Document complete(const std::filesystem::path& directory, Document document, const Options& options,
                  const log::Logger& log, const AfterRender& after = {});

}  // namespace srs::recording
