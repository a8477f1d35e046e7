// The process's log: format, destination, level.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/util/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace srs::log {

enum class Format { Text, Json };

struct Options {
  Level level = Level::Info;
  Format format = Format::Text;
  std::filesystem::path file;               // empty: stderr
  std::uint64_t max_file_size = 100 << 20;  // bytes; then the file is rotated
  std::size_t max_files = 5;                // rotated files kept
  std::size_t queue = 8192;                 // lines that wait for the disk; older ones are dropped
};

// Writes through spdlog on its own thread, so that a slow disk or terminal never holds the
// io_context; what the queue can't hold is dropped, oldest first, and counted.
class Root {
 public:
  // Fails where the file can't be opened for appending.
  static Result<std::unique_ptr<Root>> open(const Options& options);
  ~Root();  // writes out what waits

  Logger logger(std::string name) const;

  void set_level(Level level);
  Level level() const;
  // Opens the file anew, as logrotate asks by SIGHUP; an error leaves the old file in use.
  Result<void> reopen();
  // Lines lost because the queue was full.
  std::uint64_t dropped() const;

 private:
  class Core;
  explicit Root(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace srs::log
