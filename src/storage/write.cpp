#include "storage/fd.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace srs::storage {
namespace {

Result<void> write_all(const Fd& file, const std::filesystem::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_new(const std::filesystem::path& path, std::string_view bytes,
                       Durability durability) {
  auto file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
  if (!file) return file.error();
  if (auto written = write_all(*file, path, bytes); !written) return written;
  if (durability == Durability::Synced && ::fsync(file->get()) != 0) {
    return file_error("flush", path, errno);
  }
  if (file->close() != 0) return file_error("close", path, errno);
  return {};
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

Result<void> publish(const std::filesystem::path& temporary, const std::filesystem::path& path,
                     Durability durability) {
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    return file_error("rename to", path, errno);
  if (durability == Durability::Synced) return sync(directory_of(path));
  return {};
}

}  // namespace

Result<void> write_atomically(const std::filesystem::path& path, std::string_view bytes,
                              Durability durability) {
  auto temporary = path;
  temporary += ".tmp";
  auto done = write_new(temporary, bytes, durability);
  if (done) done = publish(temporary, path, durability);
  if (!done) ::unlink(temporary.c_str());
  return done;
}

Result<void> append(const std::filesystem::path& path, std::string_view bytes) {
  auto file = open_file(path, O_WRONLY | O_CREAT | O_APPEND, 0640);
  if (!file) return file.error();
  if (auto written = write_all(*file, path, bytes); !written) return written;
  if (file->close() != 0) return file_error("close", path, errno);
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  auto file = open_file(path, O_RDONLY);
  if (!file) return file.error();
  std::string text;
  char buffer[16 << 10];
  for (;;) {
    const auto count = ::read(file->get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("read", path, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > max_bytes) {
      return Error{"won't read " + path.string() + ": it is larger than " +
                   std::to_string(max_bytes) + " bytes"};
    }
  }
}

Result<void> sync(const std::filesystem::path& path) {
  auto file = open_file(path, O_RDONLY);
  if (!file) return file.error();
  if (::fsync(file->get()) != 0) return file_error("flush", path, errno);
  return {};
}

}  // namespace srs::storage
