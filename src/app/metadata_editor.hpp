// Who writes metadata.json of complete recordings: one thread, so that no addition loses another.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/amend.hpp>
#include <srs/util/retry_timer.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace srs::app {

// Does things to directories of recordings: those to one directory in the order asked for, on a
// thread of its own. An amendment that can't be written (a full disk) is logged, counted
// (errors_total{component="stt",reason="metadata"}) and tried again after pauses that grow to a
// minute, for a day; what is given up, or did not fit, the next start finds (untold.hpp). Lives on
// the io_context.
class MetadataEditor {
 public:
  MetadataEditor(boost::asio::any_io_executor executor, metrics::Registry& registry,
                 log::Logger log);
  ~MetadataEditor();
  MetadataEditor(const MetadataEditor&) = delete;
  MetadataEditor& operator=(const MetadataEditor&) = delete;

  void amend(const std::filesystem::path& directory, recording::Amendment amendment);
  // `work` gives an amendment, once it has made the files that it names. Blocks there; asked again
  // where it failed.
  using Work = std::function<Result<recording::Amendment>()>;
  void amend(const std::filesystem::path& directory, Work work);
  // Appends a line to a file there, before all amendments that are asked for later. Tried once.
  void append(const std::filesystem::path& file, std::string line);

  // Nothing is left to do but what waits for the disk.
  bool idle() const { return !writing_ && waiting_.empty() && lines_are_written(); }
  // Amendments that the disk refused.
  std::size_t refused() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Edit {
    std::filesystem::path directory;
    Work work;
    Clock::time_point since;
    std::string failure = {};  // of the last attempt; empty: none, or it waited for another
    bool refused = false;
    bool hopeless = false;  // there is no such recording any more
    bool told = false;      // its failure stands in the log
  };
  using Edits = std::vector<Edit>;

  bool lines_are_written() const { return worker_->waiting() == 0 && worker_->running() == 0; }
  void begin();
  void done(Edits edits);
  void keep(Edit edit);
  void retry();
  void fail(const std::filesystem::path& path, std::string_view error, bool again);
  static void write(Edits& edits);
  static Result<void> write(Edit& edit);

  boost::asio::any_io_executor executor_;
  log::Logger log_;
  std::atomic<std::uint64_t>& errors_;
  Edits waiting_;
  std::map<std::filesystem::path, Edits> refused_;  // by directory, with what came after
  bool writing_ = false;
  RetryTimer retry_;
  std::shared_ptr<MetadataEditor*> self_;  // emptied by the destructor, for reports that come late
  std::unique_ptr<WorkerPool> worker_;
};

}  // namespace srs::app
