// The bearer token of a setting, or of a file that is replaced while we run.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/util/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace srs::http {

struct Options;

// A file wins over a token that is written down. It is looked at again when the token is asked for,
// at most once a second, and read where it is another one since: a rotated Kubernetes secret works
// at once. One that is gone, empty or no token leaves the last good one in force, which is logged
// once. Lives on the io_context.
class Token {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Token() = default;  // none: such requests get 403
  // An error where the file can't be read or holds none.
  static Result<Token> admin(const Options& options, log::Logger log);
  static Result<Token> transcript(const Options& options, log::Logger log);

  const std::string& current(Time now = std::chrono::steady_clock::now());

 private:
  // What tells one file from another without reading it.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  Token(std::string token, std::filesystem::path file, const char* key, log::Logger log)
      : token_(std::move(token)), file_(std::move(file)), key_(key), log_(std::move(log)) {}
  static Result<Token> open(const std::string& token, const std::string& file, const char* key,
                            log::Logger log);
  static std::optional<Stamp> stamp_of(const std::filesystem::path& file);
  void look();

  std::string token_;
  std::filesystem::path file_;  // empty: there is none
  const char* key_ = "";
  std::optional<log::Logger> log_;
  std::optional<Stamp> stamp_;  // of the file that was read last, or refused
  Time next_look_{};
  bool warned_ = false;
};

}  // namespace srs::http
