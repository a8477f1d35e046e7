#include "recording/files/mapped_file.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace srs::recording {
namespace {

Result<Bytes> map(int fd, const std::filesystem::path& path) {
  struct stat figures {};
  if (::fstat(fd, &figures) != 0) return storage::file_error("read", path, errno);
  const auto size = static_cast<std::size_t>(figures.st_size);
  if (size == 0) return Bytes{};
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED) return storage::file_error("map", path, errno);
  ::madvise(memory, size, MADV_SEQUENTIAL);
  return Bytes(static_cast<const std::uint8_t*>(memory), size);
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return MappedFile({}, false);
  if (fd < 0) return storage::file_error("open", path, errno);
  const auto bytes = map(fd, path);
  ::close(fd);
  if (!bytes) return bytes.error();
  return MappedFile(*bytes, true);
}

MappedFile::MappedFile(Bytes bytes, bool exists) : bytes_(bytes), exists_(exists) {
  if (!bytes_.empty()) watched_ = std::make_unique<WatchedMemory>(bytes_.data(), bytes_.size());
}

MappedFile::~MappedFile() {
  watched_.reset();
  // munmap takes the pointer that mmap gave.
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace srs::recording
