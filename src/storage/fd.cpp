#include "storage/fd.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace srs::storage {
namespace {

std::string_view advice(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "; give the server's user the right to it (chown, chmod)";
    case EROFS:
      return "; the file system is mounted read-only: mount it for writing or choose another "
             "directory";
    case ENOSPC:
      return "; the disk is full: free space or move the directory to a larger one";
    case EDQUOT:
      return "; the user's disk quota is used up: raise it or free space";
    case ENOENT:
      return "; create it, or correct the path";
    case ENOTDIR:
      return "; part of the path is a file: remove it or correct the path";
    case EMFILE:
    case ENFILE:
      return "; raise the limit of open files (LimitNOFILE, ulimit -n)";
    case EIO:
      return "; the disk reports faults: look into the kernel's log";
    default:
      return "";
  }
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

int Fd::close() {
  return ::close(std::exchange(fd_, -1));
}

Result<Fd> open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd < 0) return file_error("open", path, errno);
  return Fd(fd);
}

Error file_error(std::string_view doing, const std::filesystem::path& path, int error) {
  std::string text = "can't ";
  text.append(doing).append(" ").append(path.string()).append(": ");
  text.append(std::generic_category().message(error)).append(advice(error));
  return Error{std::move(text)};
}

}  // namespace srs::storage
