#include <srs/util/worker_pool.hpp>

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace srs {

WorkerPool::WorkerPool(std::size_t threads, std::size_t capacity, Report report)
    : thread_count_(threads), capacity_(capacity), report_(std::move(report)), threads_(threads) {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    queue_.clear();
  }
  threads_.join();
}

bool WorkerPool::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= capacity_) return false;
    queue_.push_back({std::move(job), std::chrono::steady_clock::now()});
  }
  boost::asio::post(threads_, [this] { run_next(); });
  return true;
}

void WorkerPool::run_next() {
  Job job;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return;
    job = std::move(queue_.front().job);
    queue_.pop_front();
    ++running_;
  }
  try {
    job();
  } catch (const std::exception& error) {
    tell(error.what());
  } catch (...) {
    tell("an exception of unknown type");
  }
  --running_;
}

void WorkerPool::tell(std::string_view what) const {
  if (report_) report_(what);
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::chrono::nanoseconds WorkerPool::oldest_wait() const {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return {};
  return std::chrono::steady_clock::now() - queue_.front().since;
}

}  // namespace srs
