// Text that lies beside a complete recording and that its metadata.json does not tell of: the
// process died before it could, or the disk was full.
#pragma once

#include "app/stt/ground.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/amend.hpp>
#include <srs/util/tasks.hpp>
#include <srs/util/worker_pool.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace srs::app {

// Whether there is such text. Blocks.
bool is_untold(const std::filesystem::path& directory);

// What metadata.json lacks, nothing where it lacks nothing. Live text that nobody transcribes after
// the call is queued first, to become the transcript. Blocks.
Result<recording::Amendment> untold(const std::filesystem::path& directory, const LiveQueue& queue);

// Looks for such text once, at the start, on a thread of its own, and for marks of cancellations
// that have done their work. Lives on the io_context; the
// references outlive it.
class UntoldSearch {
 public:
  UntoldSearch(Tasks& tasks, LiveQueue queue, MetadataEditor& editor, metrics::Registry& registry,
               log::Logger log);
  ~UntoldSearch();
  UntoldSearch(const UntoldSearch&) = delete;
  UntoldSearch& operator=(const UntoldSearch&) = delete;

  // `is_heard` tells of recordings, by id, whose last words are still on their way.
  void begin(const std::filesystem::path& recordings,
             std::function<bool(const std::string&)> is_heard);

 private:
  using Directories = std::vector<std::filesystem::path>;
  void take(const Directories& found, const std::function<bool(const std::string&)>& is_heard);

  Tasks& tasks_;
  LiveQueue queue_;
  MetadataEditor& editor_;
  log::Logger log_;
  std::atomic<bool> stopped_ = false;
  std::shared_ptr<UntoldSearch*> self_;  // emptied by the destructor
  std::unique_ptr<WorkerPool> thread_;
};

}  // namespace srs::app
