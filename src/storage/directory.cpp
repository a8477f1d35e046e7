#include "storage/fd.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

namespace srs::storage {
namespace {

Result<void> make_one(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0750) == 0) return {};
  const int error = errno;
  std::error_code ignored;
  if (error == EEXIST && std::filesystem::is_directory(path, ignored)) return {};
  return file_error("create directory", path, error == EEXIST ? ENOTDIR : error);
}

}  // namespace

Result<void> make_directories(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return {};
  if (path.has_relative_path() && path.has_parent_path() && path.parent_path() != path) {
    if (auto parent = make_directories(path.parent_path()); !parent) return parent;
  }
  return path.has_filename() ? make_one(path) : Result<void>{};
}

Result<void> check_writable(const std::filesystem::path& directory) {
  std::string probe = (directory / ".probe-XXXXXX").string();
  const Fd file(::mkostemp(probe.data(), O_CLOEXEC));
  if (file.get() < 0) return file_error("create files in", directory, errno);
  ::unlink(probe.c_str());
  // A full disk still makes files; it only takes nothing into them.
  constexpr std::size_t kProbe = 64 << 10;
  const std::vector<char> bytes(kProbe);
  errno = 0;
  if (::write(file.get(), bytes.data(), kProbe) != static_cast<ssize_t>(kProbe))
    return file_error("write files in", directory, errno != 0 ? errno : ENOSPC);
  return {};
}

Result<Space> space(const std::filesystem::path& path) {
  struct statvfs figures {};
  if (::statvfs(path.c_str(), &figures) != 0)
    return file_error("ask for the space at", path, errno);
  const std::uint64_t unit = figures.f_frsize;
  return Space{.total = unit * figures.f_blocks,
               .available = unit * figures.f_bavail,
               .files = figures.f_files,
               .files_available = figures.f_favail};
}

bool short_of_files(const Space& space) {
  constexpr std::uint64_t kEnough = 1000;
  return space.files_available < std::min(kEnough, space.files / 20);
}

}  // namespace srs::storage
