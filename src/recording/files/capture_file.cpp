#include "recording/files/capture_file.hpp"

#include "recording/files/pcapng.hpp"

#include <srs/recording/directories.hpp>
#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace srs::recording {
namespace {

// Another directory of the same file system may take the file.
bool is_of_the_directory(int error) {
  return error == EACCES || error == EPERM || error == ENOTDIR || error == ENOENT || error == ELOOP;
}

}  // namespace

CaptureFile::~CaptureFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> CaptureFile::write(const CaptureBlock& block) {
  auto done = fd_ < 0 ? open() : Result<void>{};
  if (done && length_ == 0) done = append(pcapng::file_header());
  if (done) done = append(block.bytes());
  (done ? packets_ : dropped_) += block.packets();
  return done;
}

Result<void> CaptureFile::open() {
  if (create(path_)) return {};
  const int error = errno;
  if (is_of_the_directory(error) && create_elsewhere()) return {};
  return fail("create", error);
}

// errno tells why not.
bool CaptureFile::create(const std::filesystem::path& path) {
  // O_EXCL: nobody's evidence is ever written over.
  const auto create = [&path] {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  };
  fd_ = create();
  if (fd_ < 0 && errno == ENOENT) {
    // Media may be faster than the metadata whose writer makes the directory.
    if (!storage::make_directories(path.parent_path())) return errno = ENOENT, false;
    fd_ = create();
  }
  return fd_ >= 0;
}

bool CaptureFile::create_elsewhere() {
  for (auto& directory : later_directories(path_.parent_path())) {
    if (!create(directory / path_.filename())) continue;
    elsewhere_ = std::move(directory);
    moved_ = true;
    return true;
  }
  return false;
}

std::filesystem::path CaptureFile::path() const {
  return moved_ ? elsewhere_ / path_.filename() : path_;
}

std::filesystem::path CaptureFile::moved_to() const {
  return moved_ ? elsewhere_ : std::filesystem::path();
}

// All of it or nothing: what a failed write left behind is cut off, so that the file ends with a
// whole block whatever happens.
Result<void> CaptureFile::append(std::span<const std::uint8_t> bytes) {
  auto at = static_cast<off_t>(length_.load());
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd_, bytes.data(), bytes.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      [[maybe_unused]] const int cut = ::ftruncate(fd_, static_cast<off_t>(length_.load()));
      return fail("write", error);
    }
    at += count;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  length_ = static_cast<std::uint64_t>(at);
  return {};
}

Result<void> CaptureFile::close(bool sync) {
  if (fd_ < 0) return {};
  auto done = sync ? flush() : Result<void>{};
  if (::close(std::exchange(fd_, -1)) != 0 && done) done = fail("close", errno);
  return done;
}

Result<void> CaptureFile::flush() {
  if (::fdatasync(fd_) != 0) return fail("flush", errno);
  const auto directory = path().parent_path();
  return storage::sync(directory.empty() ? "." : directory);
}

Error CaptureFile::fail(const char* doing, int error) {
  error_ = error;
  failed_doing_ = doing;
  return storage::file_error(doing, path(), error);
}

Capture::Summary CaptureFile::summary() const {
  Capture::Summary summary{packets_, length_, dropped_, {}};
  if (const char* doing = failed_doing_) {
    summary.error = storage::file_error(doing, path(), error_).text;
  }
  return summary;
}

}  // namespace srs::recording
