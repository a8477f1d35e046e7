#include "storage/fd.hpp"

#include <srs/storage/lock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace srs::storage {
namespace {

constexpr const char* kLockFile = ".lock";

// Whose number stands in the file; empty where nobody's does.
std::string holder(const Fd& file) {
  std::array<char, 32> text{};
  const auto size = ::pread(file.get(), text.data(), text.size() - 1, 0);
  const long pid = size > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
  return pid > 0 ? " (process " + std::to_string(pid) + ")" : std::string();
}

}  // namespace

DirectoryLock::DirectoryLock(std::unique_ptr<Fd> file) : file_(std::move(file)) {}
DirectoryLock::DirectoryLock(DirectoryLock&&) noexcept = default;
DirectoryLock& DirectoryLock::operator=(DirectoryLock&&) noexcept = default;
DirectoryLock::~DirectoryLock() = default;

Result<DirectoryLock> lock_directory(const std::filesystem::path& directory) {
  if (auto made = make_directories(directory); !made) return made.error();
  auto file = open_file(directory / kLockFile, O_RDWR | O_CREAT, 0640);
  if (!file) return file.error();
  if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error("lock", directory, errno);
    return Error{directory.string() + " is in use by another server" + holder(*file) +
                 ": give each its own directory"};
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file->get(), 0) != 0 ||
      ::pwrite(file->get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    // The number is for people; a full disk takes recordings away, not the lock.
  }
  return DirectoryLock(std::make_unique<Fd>(std::move(*file)));
}

}  // namespace srs::storage
