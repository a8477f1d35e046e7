// A file's bytes in memory.
#pragma once

#include "recording/files/watched_memory.hpp"

#include <srs/util/bytes.hpp>
#include <srs/util/result.hpp>

#include <filesystem>
#include <memory>
#include <utility>

namespace srs::recording {

// Maps a file. One that doesn't exist has no bytes; one that the disk does not give to its end has
// zeros from there on, and failed() says so once they were read.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})),
        exists_(other.exists_),
        watched_(std::move(other.watched_)) {}
  MappedFile& operator=(MappedFile&&) = delete;

  Bytes bytes() const { return bytes_; }
  bool exists() const { return exists_; }
  bool failed() const { return watched_ && watched_->failed(); }

 private:
  MappedFile(Bytes bytes, bool exists);
  Bytes bytes_;
  bool exists_;
  std::unique_ptr<WatchedMemory> watched_;
};

}  // namespace srs::recording
