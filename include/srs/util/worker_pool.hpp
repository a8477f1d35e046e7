// Threads for what blocks: fsync, rendering, encoding.
#pragma once

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>

namespace srs {

// Runs jobs in the order of their submission on `threads` threads. The queue is bounded: what does
// not fit is refused, and the caller keeps it for later. Jobs take values and post results back to
// the io_context themselves. The destructor waits for jobs that run and forgets those that wait.
class WorkerPool {
 public:
  using Job = std::function<void()>;
  // What escaped from a job, told on the job's thread.
  using Report = std::function<void(std::string_view what)>;

  WorkerPool(std::size_t threads, std::size_t capacity, Report report = {});
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False where `capacity` jobs wait already. What a job throws ends that job alone, and is
  // reported: it is our fault and no reason to end the process.
  bool submit(Job job);

  std::size_t waiting() const;
  std::size_t running() const { return running_; }
  std::size_t threads() const { return thread_count_; }
  // How long the oldest waiting job has waited; zero where none waits.
  std::chrono::nanoseconds oldest_wait() const;

 private:
  struct Entry {
    Job job;
    std::chrono::steady_clock::time_point since;
  };
  void run_next();
  void tell(std::string_view what) const;

  const std::size_t thread_count_;
  const std::size_t capacity_;
  const Report report_;
  // Shared between the io_context and the threads: the one mutex this class exists for.
  mutable std::mutex mutex_;
  std::deque<Entry> queue_;
  std::atomic<std::size_t> running_{0};
  boost::asio::thread_pool threads_;
};

}  // namespace srs
