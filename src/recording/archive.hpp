// The recordings' directory: where recordings lie and who writes their small files.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/storage/files.hpp>
#include <srs/util/time.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace srs::recording {

// A new recording's name: sortable by time, safe as a file name, unique.
// `20261122T110945123Z-5f3a9c01d2e4b678`
std::string make_recording_id(WallTime time);

// Writes metadata.json and rs-metadata files on a thread of its own, in the order they were given,
// and keeps an eye on the disk. A write that fails is logged and counted and marks the archive as
// failing until a later one succeeds. Runs on the io_context; the destructor writes what waits.
class Archive {
 public:
  Archive(boost::asio::any_io_executor executor, const Options& options,
          metrics::Registry& registry, log::Logger log);
  ~Archive();

  // <directory>/2026-11-22/<recording-id>
  std::filesystem::path directory_of(const std::string& recording_id, WallTime started) const;

  // Makes the recording's directory before the first file in it.
  void store(const std::filesystem::path& directory, std::string name, std::string bytes);
  void store(const std::filesystem::path& directory, Document document);

  // Returns when everything stored so far was written, or given up.
  boost::asio::awaitable<void> settled();

  // Looks at the disk again, on the thread; called by a timer.
  void refresh();
  // Why no new recording can be taken; empty: it can.
  std::string trouble() const;
  storage::Space space() const;
  const std::filesystem::path& root() const { return root_; }

 private:
  struct Shared;
  bool submit(std::function<void(Shared&)> job);

  boost::asio::any_io_executor executor_;
  const std::filesystem::path root_;
  const std::uint64_t min_free_space_;
  log::Logger log_;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<prometheus::Collectable> figures_;
  std::unique_ptr<WorkerPool> thread_;
};

}  // namespace srs::recording
