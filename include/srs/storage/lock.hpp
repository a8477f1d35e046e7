// One server for a directory.
#pragma once

#include <srs/storage/files.hpp>

#include <filesystem>
#include <memory>

namespace srs::storage {

class Fd;

// Holds flock(2) on `.lock` of the directory; the kernel frees it however the process ends.
class DirectoryLock {
 public:
  explicit DirectoryLock(std::unique_ptr<Fd> file);
  DirectoryLock(DirectoryLock&&) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) noexcept;
  ~DirectoryLock();

 private:
  std::unique_ptr<Fd> file_;
};

// Makes the directory where it is missing. An error names the process that holds it: a second
// server would take its running calls for those of a crash.
Result<DirectoryLock> lock_directory(const std::filesystem::path& directory);

}  // namespace srs::storage
