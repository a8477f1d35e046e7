// The file system, as recordings use it. Everything here blocks: for worker threads, and for the
// start and the end of the process.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace srs::storage {

enum class Durability { Cached, Synced };

// Replaces `path` by a file with these bytes: whoever reads it sees the old or the new text, never
// a mixture (temporary file in the same directory, rename). Synced: file and directory are on disk
// when it returns.
Result<void> write_atomically(const std::filesystem::path& path, std::string_view bytes,
                              Durability durability);

// Appends to a file, which is made where there is none (0640). Not synced.
Result<void> append(const std::filesystem::path& path, std::string_view bytes);

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);

// Flushes a file's data, or a directory's entries, to the disk.
Result<void> sync(const std::filesystem::path& path);

// Creates the directory with its parents (0750); an existing one is fine.
Result<void> make_directories(const std::filesystem::path& path);

// Whether a file can be created there and takes 64 KiB; the error says why not.
Result<void> check_writable(const std::filesystem::path& directory);

struct Space {
  std::uint64_t total = 0;      // bytes
  std::uint64_t available = 0;  // bytes, to an unprivileged process
  std::uint64_t files = 0;      // inodes; 0: the file system does not count them
  std::uint64_t files_available = 0;
};
Result<Space> space(const std::filesystem::path& path);
// Fewer than 1,000 files can still be made, or a twentieth of all on a small file system. Each
// recording needs about ten, and running calls theirs to the end.
bool short_of_files(const Space& space);

// "can't <doing> <path>: <the system's words for errno's value `error`>; <what to change>".
Error file_error(std::string_view doing, const std::filesystem::path& path, int error);

// Lower-case hexadecimal SHA-256 of a file's content (FIPS 180-4), and of bytes in memory (empty
// where OpenSSL offers none).
Result<std::string> sha256(const std::filesystem::path& path);
std::string sha256_of(std::string_view bytes);

}  // namespace srs::storage
