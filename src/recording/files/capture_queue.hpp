// The thread that writes captures, and what waits for it.
#pragma once

#include "recording/files/capture_block.hpp"
#include "recording/files/capture_file.hpp"
#include "recording/files/capture_metrics.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/capture.hpp>
#include <srs/util/progress.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace srs::recording {

// Writes blocks in the order in which they came. Called from the io_context; `metrics` outlives
// it. The destructor writes out all that waits.
class CaptureQueue {
 public:
  using File = std::shared_ptr<CaptureFile>;
  using Block = std::unique_ptr<CaptureBlock>;

  CaptureQueue(const CaptureOptions& options, CaptureMetrics& metrics, log::Logger log);
  ~CaptureQueue();
  CaptureQueue(const CaptureQueue&) = delete;
  CaptureQueue& operator=(const CaptureQueue&) = delete;

  // An empty block with room for at least `size` bytes.
  Block take_block(std::size_t size);
  // Takes the block, unless max_pending bytes wait already: then it stays with the caller.
  bool write(const File& file, Block& block);
  // Writes the last block (or none) whatever waits, closes the file, calls `done` on the writer's
  // thread.
  void close(const File& file, Block block, bool sync, std::function<void()> done);

  std::size_t pending_bytes() const { return pending_; }
  // For how long nothing was finished though something waits.
  std::chrono::nanoseconds stalled() const { return progress_.stalled(); }
  std::string refusal() const {
    const std::lock_guard lock(mutex_);
    return refusal_;
  }

 private:
  struct Job {
    File file;
    Block block;
    bool close = false;
    bool sync = false;
    std::function<void()> done;
  };
  void push(Job job);
  void run();
  void execute(Job& job);
  void write_block(CaptureFile& file, const CaptureBlock& block);
  void report(const CaptureFile& file, const Result<void>& done);
  void give_back(Block block);

  const CaptureOptions options_;
  CaptureMetrics& metrics_;
  const log::Logger log_;
  // Of the writer's thread.
  std::uint64_t failures_ = 0;  // since the last line of the log
  std::optional<std::chrono::steady_clock::time_point> last_report_;
  std::atomic<std::size_t> pending_{0};
  Progress progress_;
  // Between the io_context and the thread: the one mutex this class exists for.
  mutable std::mutex mutex_;
  std::string refusal_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::vector<Block> free_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace srs::recording
