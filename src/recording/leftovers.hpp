// Recordings that nobody works on: those of an earlier process, and those that did not fit into the
// render queue.
#pragma once

#include "recording/metrics.hpp"
#include "recording/recovery.hpp"
#include "recording/render_queue.hpp"

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

namespace srs::recording {

// Looks for them on a thread of its own and submits what it finds. Runs on the io_context; all
// references outlive it.
class Leftovers {
 public:
  Leftovers(boost::asio::any_io_executor executor, std::filesystem::path root, RenderQueue& renders,
            Metrics& metrics, metrics::Registry& registry, log::Logger log);
  ~Leftovers();
  Leftovers(const Leftovers&) = delete;
  Leftovers& operator=(const Leftovers&) = delete;

  // `after_crash`: what is `recording` on disk belongs to nobody; later it is a running call's.
  void search(bool after_crash);
  bool searching() const { return searching_; }
  // A session began: a search that runs may have seen its files.
  void begun(const std::string& recording_id);
  // The render queue has room again.
  void refill();

 private:
  void take(Orphans orphans, bool after_crash);
  void tell_recovered(Orphan& orphan);
  bool render(const Orphan& orphan);

  boost::asio::any_io_executor executor_;
  const std::filesystem::path root_;
  RenderQueue& renders_;
  Metrics& metrics_;
  log::Logger log_;
  std::atomic<std::uint64_t>& errors_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<WorkerPool> searcher_;
  bool searching_ = false;
  std::deque<Orphan> left_over_;  // that a crash cut and the queue had no room for
  std::set<std::string> begun_;   // ids of sessions that began while a search ran
};

}  // namespace srs::recording
