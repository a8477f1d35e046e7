// Who writes metadata.json of complete recordings: one thread, so that no addition loses another.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/amend.hpp>
#include <srs/util/worker_pool.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

namespace srs::app {

// Does things to directories of recordings, one after the other, in the order asked for. Runs on a
// thread of its own; is asked on the io_context.
class MetadataEditor {
 public:
  MetadataEditor(metrics::Registry& registry, log::Logger log);

  // What can't be written is logged and counted (errors_total{component="stt",reason="metadata"}).
  void amend(const std::filesystem::path& directory, recording::Amendment amendment);
  // `work` gives an amendment, once it has made the files that it names. Blocks there.
  void amend(const std::filesystem::path& directory,
             std::function<Result<recording::Amendment>()> work);
  // Appends a line to a file there.
  void append(const std::filesystem::path& file, std::string line);
  bool idle() const { return worker_.waiting() == 0 && worker_.running() == 0; }

 private:
  void submit(const std::filesystem::path& path, std::function<Result<void>()> work);

  log::Logger log_;
  std::atomic<std::uint64_t>& errors_;
  WorkerPool worker_;
};

}  // namespace srs::app
