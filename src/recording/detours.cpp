#include "recording/detours.hpp"

#include <srs/recording/directories.hpp>
#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace srs::recording {
namespace {

// An INVITE of 23:59:59 is told of after midnight, and a look comes every few seconds.
constexpr std::chrono::minutes kAround{1};

// Whether `path` is a directory that takes recordings, or can be made one.
Result<void> usable(const std::filesystem::path& path, bool probe) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return {};
  const bool found = ::stat(path.c_str(), &there) == 0;
  if (!found || !S_ISDIR(there.st_mode)) return Error{path.string() + " is no directory"};
  // Other refusals hold for the whole file system, and no other name helps.
  if (::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) != 0 && errno == EACCES)
    return storage::file_error("write in", path, EACCES);
  return probe ? storage::check_writable(path) : Result<void>{};
}

}  // namespace

Result<Detours> find_detours(const std::filesystem::path& root, WallTime now, bool probe) {
  Detours detours;
  for (const auto time : {now - kAround, now + kAround}) {
    const auto date = to_rfc3339(time).substr(0, 10);
    auto own = usable(root / date, probe);
    if (own) continue;
    unsigned number = 2;
    while (number <= kDayDirectories && !usable(root / day_directory(date, number), probe))
      ++number;
    if (number > kDayDirectories) return own.error();
    detours.insert_or_assign(date, Detour{day_directory(date, number), own.error().text});
  }
  return detours;
}

}  // namespace srs::recording
