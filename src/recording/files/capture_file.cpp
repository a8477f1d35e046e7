#include "recording/files/capture_file.hpp"

#include "recording/files/pcapng.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace srs::recording {

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
  // O_EXCL: nobody's evidence is ever written over.
  const auto create = [this] {
    return ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  };
  fd_ = create();
  if (fd_ < 0 && errno == ENOENT) {
    // Media may be faster than the metadata whose writer makes the directory.
    if (auto made = storage::make_directories(path_.parent_path()); !made)
      return fail("create", ENOENT);
    fd_ = create();
  }
  if (fd_ < 0) return fail("create", errno);
  return {};
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
  return storage::sync(path_.parent_path().empty() ? "." : path_.parent_path());
}

Error CaptureFile::fail(const char* doing, int error) {
  error_ = error;
  failed_doing_ = doing;
  return storage::file_error(doing, path_, error);
}

Capture::Summary CaptureFile::summary() const {
  Capture::Summary summary{packets_, length_, dropped_, {}};
  if (const char* doing = failed_doing_) {
    summary.error = storage::file_error(doing, path_, error_).text;
  }
  return summary;
}

}  // namespace srs::recording
