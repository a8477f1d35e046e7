// The recordings' directory: where recordings lie and who writes their small files.
#pragma once

#include "recording/detours.hpp"

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/storage/files.hpp>
#include <srs/util/retry_timer.hpp>
#include <srs/util/time.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace srs::recording {

// A new recording's name: sortable by time, safe as a file name, unique.
// `20261122T110945123Z-5f3a9c01d2e4b678`
std::string make_recording_id(WallTime time);

// Writes metadata.json and rs-metadata files on a thread of its own, in batches: a text waits at
// most kBatchWait, and of several texts for one file only the last is written. A write that fails
// is logged and counted and marks the archive as failing until a look at the disk finds that it
// takes files; it is tried again after pauses that grow to a minute. Runs on the io_context; the
// destructor writes what waits.
class Archive {
 public:
  static constexpr std::chrono::milliseconds kBatchWait{50};

  Archive(boost::asio::any_io_executor executor, const Options& options,
          metrics::Registry& registry, log::Logger log);
  ~Archive();

  // <directory>/2026-11-22/<recording-id>, or beside it where that takes none (detours.hpp)
  std::filesystem::path directory_of(const std::string& recording_id, WallTime started) const;

  // Makes the recording's directory with the first file in it.
  void store(const std::filesystem::path& directory, std::string name, std::string bytes);
  void store(const std::filesystem::path& directory, Document document);

  // The recording lies in `to` from now on, since `from` took no files: what could not be written
  // there goes with it, and the disk is looked at again.
  void move(const std::filesystem::path& from, const std::filesystem::path& to);

  // metadata.json of this recording is somebody else's from now on: an older text of ours that
  // could not be written must not replace it.
  void forget(const std::filesystem::path& directory);

  // Returns when everything stored so far was written, or put back for a later attempt.
  boost::asio::awaitable<void> settled();

  // Looks at the disk again, on the thread; called by a timer.
  void refresh();
  // The disk refused something else: the archive is failing until that was not so from one look to
  // the next, and the disk takes files.
  void suspect(std::string why);
  // Why no new recording can be taken; empty: it can.
  std::string trouble() const;
  // For how long the disk has not finished a file, or a look at it, that waits for it; else zero.
  std::chrono::nanoseconds stalled() const;
  // Why recordings go to another directory than that of their day; empty: they don't.
  std::string detour() const;
  // Files that could not be written and are tried again.
  std::size_t retries() const { return refused_.size(); }
  storage::Space space() const;
  const std::filesystem::path& root() const { return root_; }

 private:
  struct Text {
    std::variant<std::string, Document> content;
    bool refused_before = false;
  };
  using Batch = std::map<std::filesystem::path, Text>;
  struct Shared;

  void expose(std::vector<prometheus::MetricFamily>& families) const;
  void take(Detours detours);
  void put(std::filesystem::path path, Text text);
  void write_batch();
  void batch_written(std::uint64_t batch, Batch refused);
  void keep(Batch refused);
  void retry();
  static Batch write(Shared& shared, const Batch& batch);
  static Result<void> write(const std::filesystem::path& path, const Text& text);

  boost::asio::any_io_executor executor_;
  const std::filesystem::path root_;
  const std::uint64_t min_free_space_;
  log::Logger log_;
  std::atomic<std::uint64_t>& detoured_;
  Detours detours_;
  std::shared_ptr<Shared> shared_;  // what the thread sees too
  std::shared_ptr<Archive*> self_;  // emptied by the destructor
  std::shared_ptr<prometheus::Collectable> figures_;
  Batch waiting_;
  std::map<std::filesystem::path, std::filesystem::path> moved_;  // while a batch is written
  Batch refused_;  // until retry_ moves them back among those that wait
  RetryTimer retry_;
  std::uint64_t batch_ = 1;    // that collects now
  std::uint64_t written_ = 0;  // the last one that is on disk
  bool writing_ = false;
  bool due_ = false;  // the timer runs
  boost::asio::steady_timer batch_timer_;
  boost::asio::steady_timer batch_done_;  // cancelled whenever a batch is written
  std::unique_ptr<WorkerPool> thread_;
};

}  // namespace srs::recording
