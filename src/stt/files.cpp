#include "stt/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace srs::stt {
namespace {

class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(fd_) == 0; }
  off_t size() const { return ::lseek(fd_, 0, SEEK_END); }
  void cut(off_t size) const {
    if (size >= 0) (void)!::ftruncate(fd_, size);
  }

 private:
  int fd_;
};

Error failed(std::string_view doing, const std::filesystem::path& path) {
  return Error{"can't ", doing, " ", path.string(), ": ", std::strerror(errno)};
}

Error removed(const std::filesystem::path& path, Error error) {
  remove_file(path);
  return error;
}

}  // namespace

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  auto temporary = path;
  temporary += ".tmp";
  {
    const File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file || !file.write(bytes)) return removed(temporary, failed("write", temporary));
  }
  return take_name(temporary, path);
}

Result<void> take_name(const std::filesystem::path& temporary, const std::filesystem::path& path) {
  {
    const File file(temporary, O_RDONLY);
    if (!file || !file.sync()) return removed(temporary, failed("flush", temporary));
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    return removed(temporary, failed("rename to", path));
  const File directory(path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (!directory || !directory.sync()) return failed("flush", path.parent_path());
  return {};
}

Result<void> make_file(const std::filesystem::path& path) {
  if (!File(path, O_WRONLY | O_CREAT | O_TRUNC)) return failed("write", path);
  return {};
}

Result<void> append_line(const std::filesystem::path& path, std::string_view line) {
  const File file(path, O_WRONLY | O_CREAT | O_APPEND);
  std::string whole(line);
  whole += '\n';
  if (!file) return failed("append to", path);
  const auto size = file.size();
  if (file.write(whole) && file.sync()) return {};
  auto error = failed("append to", path);
  file.cut(size);  // half a line would spoil the next one
  return error;
}

Result<std::string> read_text(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const File file(path, O_RDONLY);
  if (!file) return failed("open", path);
  std::string text;
  char buffer[32 << 10];
  for (;;) {
    const auto count = ::read(file.fd(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path);
    if (count == 0) return Result<std::string>(boost::system::in_place_value, std::move(text));
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > max_bytes) {
      return Error{"won't read ", path.string(), ": it is larger than ", std::to_string(max_bytes),
                   " bytes"};
    }
  }
}

void remove_file(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::filesystem::path whole_path(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

}  // namespace srs::stt
