// One capture.pcapng while it is written.
#pragma once

#include "recording/files/capture_block.hpp"

#include <srs/recording/capture.hpp>
#include <srs/util/result.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <span>

namespace srs::recording {

// Created at the first write, and where its directory takes none, in the next of the names that a
// recording may have (directories.hpp): nothing of a call is lost then. A write that fails leaves
// the file as long as it was: its packets are lost and counted, the next block takes their place.
// write() and close() belong to the writer's thread; the others may be called from any.
class CaptureFile {
 public:
  explicit CaptureFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~CaptureFile();
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;

  // Where it is, or was to be created.
  std::filesystem::path path() const;
  Result<void> write(const CaptureBlock& block);
  Result<void> close(bool sync);

  void drop(std::uint64_t packets) { dropped_ += packets; }
  Capture::Summary summary() const;
  // The directory that it was created in, where that is not its own; empty otherwise.
  std::filesystem::path moved_to() const;

 private:
  Result<void> open();
  bool create(const std::filesystem::path& path);
  bool create_elsewhere();
  Result<void> append(std::span<const std::uint8_t> bytes);
  Result<void> flush();
  Error fail(const char* doing, int error);

  const std::filesystem::path path_;
  std::filesystem::path elsewhere_;  // a directory; written once, before moved_ is set
  std::atomic<bool> moved_{false};
  int fd_ = -1;
  std::atomic<std::uint64_t> length_{0};
  std::atomic<std::uint64_t> packets_{0};
  std::atomic<std::uint64_t> dropped_{0};
  // The last failure: what we did, and errno.
  std::atomic<int> error_{0};
  std::atomic<const char*> failed_doing_{nullptr};
};

}  // namespace srs::recording
