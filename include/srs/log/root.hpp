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
  std::string sip_filter;     // SIP messages written whatever the level; see sip::Stack
  bool mask_numbers = false;  // keep the last three digits of phone numbers
};

// Writes through spdlog on its own thread, so that a slow disk or terminal never holds the
// io_context; what the queue can't hold is dropped, oldest first, and counted.
class Root {
 public:
  // Fails where the file can't be opened for appending.
  static Result<std::unique_ptr<Root>> open(const Options& options);
  ~Root();
  // Writes out what waits; loggers that live longer write nowhere. False where nobody took the
  // lines for some seconds, of a pipe: the process then ends without waiting for them
  // (std::quick_exit), since exit() would. As the destructor does.
  bool close();  // writes out what waits

  Logger logger(std::string name) const;

  void set_level(Level level);
  Level level() const;
  // Secrets are masked always, phone numbers from now on where `mask`.
  void set_mask_numbers(bool mask);
  // Opens the file anew, as logrotate asks by SIGHUP; an error leaves the old file in use.
  Result<void> reopen();
  // Tells the rest of bursts that a Folded holds back; for a timer of the thread where those live.
  void write_overdue();
  // Lines lost because the queue was full, or because the disk did not take them when they came.
  std::uint64_t dropped() const;

 private:
  class Core;
  explicit Root(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace srs::log
