// What the archive's thread and the io_context both see: the disk, and whether it takes files.
#pragma once

#include "recording/archive.hpp"
#include "recording/detours.hpp"

#include <srs/storage/files.hpp>
#include <srs/util/progress.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

namespace srs::recording {

struct Archive::Shared {
  std::atomic<bool> failing{false};
  std::atomic<bool> suspected{false};  // since the last look
  std::atomic<bool> doubted{false};    // likewise, of a directory that was left
  std::atomic<std::uint64_t> total{0};
  std::atomic<std::uint64_t> available{0};
  std::atomic<std::uint64_t> files{0};
  std::atomic<std::uint64_t> files_available{0};
  std::atomic<std::uint64_t> errors{0};
  Progress progress;   // of files, and of looks at the disk
  Detours detours;     // the thread's own
  bool tried = false;  // likewise: whether files were tried once
  log::Logger log;

  std::string why() const {
    const std::lock_guard guard(mutex);
    return refusal;
  }

  void blame(std::string why) {
    const std::lock_guard guard(mutex);
    refusal = std::move(why);
  }

  // A file that is refused again says nothing of the others, and stands in the log already. One
  // that is taken proves little: a disk may have room for this one and not for the next.
  void settle(const Result<void>& result, const std::filesystem::path& path, bool again = false) {
    if (result) return;
    ++errors;
    if (again) return;
    blame(result.error().text);
    failing = true;
    log.error("archive_write_failed", {{"path", path.string()}, {"error", result.error().text}});
  }

  // False where the disk takes nothing.
  bool look(const std::filesystem::path& root) {
    // The directory may be made by us, or come back with its mount.
    if (auto made = storage::make_directories(root); !made) return settle(made, root), false;
    if (const auto space = storage::space(root)) {
      total = space->total;
      available = space->available;
      files = space->files;
      files_available = space->files_available;
    }
    // A disk that failed is tried again until it takes as much as a capture writes at once.
    // At the start too, so that no call is the first to find out.
    const bool doubtful =
        doubted.exchange(false) || failing || !detours.empty() || !std::exchange(tried, true);
    if (doubtful) {
      if (auto taken = storage::check_writable(root); !taken)
        return settle(taken, root, failing), false;
    }
    auto found = find_detours(root, wall_now(), doubtful);
    if (!found) return settle(found.error(), root, failing), false;
    detours = std::move(*found);
    // With a detour it is known what refused files.
    if (!suspected.exchange(false) || !detours.empty()) failing = false;
    return true;
  }

 private:
  mutable std::mutex mutex;
  std::string refusal;  // the last one
};

}  // namespace srs::recording
