// Open files, each closed by its owner.
#pragma once

#include <srs/util/result.hpp>

#include <filesystem>
#include <utility>

namespace srs::storage {

// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd();
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&&) = delete;

  int get() const { return fd_; }
  // Closes now: some file systems report a failed write only here.
  int close();

 private:
  int fd_;
};

// `flags` as open(2) takes them; close-on-exec is added.
Result<Fd> open_file(const std::filesystem::path& path, int flags, unsigned mode = 0);

}  // namespace srs::storage
