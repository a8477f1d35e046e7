// A file's bytes in memory.
#pragma once

#include <srs/util/bytes.hpp>
#include <srs/util/result.hpp>

#include <filesystem>
#include <utility>

namespace srs::recording {

// Maps a file that nobody shortens meanwhile. One that doesn't exist has no bytes.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})), exists_(other.exists_) {}
  MappedFile& operator=(MappedFile&&) = delete;

  Bytes bytes() const { return bytes_; }
  bool exists() const { return exists_; }

 private:
  MappedFile(Bytes bytes, bool exists) : bytes_(bytes), exists_(exists) {}
  Bytes bytes_;
  bool exists_;
};

}  // namespace srs::recording
