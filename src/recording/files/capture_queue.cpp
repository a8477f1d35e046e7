#include "recording/files/capture_queue.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::chrono::seconds kReportInterval{1};
constexpr std::size_t kFreeBlocks = 256;  // kept for the next packets, 4 MiB by default

}  // namespace

CaptureQueue::CaptureQueue(const CaptureOptions& options, CaptureMetrics& metrics, log::Logger log)
    : options_(options), metrics_(metrics), log_(std::move(log)), thread_([this] { run(); }) {
  ::pthread_setname_np(thread_.native_handle(), "capture");
}

CaptureQueue::~CaptureQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

CaptureQueue::Block CaptureQueue::take_block(std::size_t size) {
  // A datagram larger than a block gets one of its own size.
  if (size > options_.block_size) return std::make_unique<CaptureBlock>(size);
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<CaptureBlock>(options_.block_size);
  auto block = std::move(free_.back());
  free_.pop_back();
  return block;
}

bool CaptureQueue::write(const File& file, Block& block) {
  if (pending_ + block->capacity() > options_.max_pending) return false;
  push({file, std::move(block), false, false, {}});
  return true;
}

void CaptureQueue::close(const File& file, Block block, bool sync, std::function<void()> done) {
  push({file, std::move(block), true, sync, std::move(done)});
}

void CaptureQueue::push(Job job) {
  if (job.block) pending_ += job.block->capacity();
  progress_.begin();
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void CaptureQueue::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    execute(job);
    progress_.end();
    lock.lock();
    if (job.block) give_back(std::move(job.block));
  }
}

void CaptureQueue::execute(Job& job) {
  if (job.block) {
    write_block(*job.file, *job.block);
    pending_ -= job.block->capacity();
  }
  if (job.close) report(*job.file, job.file->close(job.sync));
  if (job.done) job.done();
}

void CaptureQueue::write_block(CaptureFile& file, const CaptureBlock& block) {
  if (block.empty()) return;
  const auto start = std::chrono::steady_clock::now();
  const auto done = file.write(block);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  metrics_.write_seconds.Observe(took.count());
  (done ? metrics_.packets : metrics_.dropped).Increment(static_cast<double>(block.packets()));
  if (done) metrics_.bytes.Increment(static_cast<double>(block.bytes().size()));
  report(file, done);
}

void CaptureQueue::report(const CaptureFile& file, const Result<void>& done) {
  if (done) return;
  {
    const std::lock_guard lock(mutex_);
    refusal_ = done.error().text;
  }
  metrics_.errors.Increment();
  // A full disk refuses every block of every call: one line a second tells of all of them.
  const auto now = std::chrono::steady_clock::now();
  ++failures_;
  if (last_report_ && now - *last_report_ < kReportInterval) return;
  last_report_ = now;
  log_.error("capture_write_failed", {{"path", file.path().string()},
                                      {"error", done.error().text},
                                      {"count", std::exchange(failures_, 0)}});
}

void CaptureQueue::give_back(Block block) {
  if (free_.size() >= kFreeBlocks || block->capacity() != options_.block_size) return;
  block->clear();
  free_.push_back(std::move(block));
}

}  // namespace srs::recording
