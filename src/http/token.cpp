#include <srs/http/server.hpp>
#include <srs/http/token.hpp>
#include <srs/util/text.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace srs::http {
namespace {

constexpr std::size_t kMaxToken = 4096;
constexpr std::chrono::seconds kBetweenLooks{1};

bool is_usable(std::string_view token) {
  return !token.empty() && token.size() <= kMaxToken &&
         token.find_first_not_of(
             "!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_"
             "`abcdefghijklmnopqrstuvwxyz{|}~") == std::string_view::npos;
}

// As much of the file as a token may need; empty where it can't be read.
std::string beginning_of(const std::filesystem::path& file) {
  std::array<char, kMaxToken + 256> bytes{};
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < bytes.size();) {
    got = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  ::close(fd);
  return {bytes.data(), size};
}

// The first line.
Result<std::string> token_in(const std::filesystem::path& file) {
  const auto text = beginning_of(file);
  if (text.empty())
    return Error{file.string() + " can't be read, or is empty: it should hold the token"};
  std::string found(trim(std::string_view(text).substr(0, text.find('\n'))));
  if (!is_usable(found)) {
    return Error{file.string() +
                 " should begin with a line of 1 to 4096 printable characters without spaces"};
  }
  return Result<std::string>(boost::system::in_place_value, std::move(found));
}

}  // namespace

Result<Token> Token::admin(const Options& options, log::Logger log) {
  return open(options.admin_token, options.admin_token_file, "http.admin_token_file",
              std::move(log));
}

Result<Token> Token::transcript(const Options& options, log::Logger log) {
  return open(options.transcript_token, options.transcript_token_file, "http.transcript_token_file",
              std::move(log));
}

Result<Token> Token::open(const std::string& token, const std::string& file, const char* key,
                          log::Logger log) {
  Token made(token, file, key, std::move(log));
  if (file.empty()) return made;
  made.stamp_ = stamp_of(file);
  auto read = token_in(file);
  if (!read) return read.error();
  made.token_ = std::move(*read);
  return made;
}

std::optional<Token::Stamp> Token::stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
  return Stamp{found.st_dev, found.st_ino, found.st_size,
               found.st_ctim.tv_sec * 1'000'000'000 + found.st_ctim.tv_nsec};
}

const std::string& Token::current(Time now) {
  if (!file_.empty() && now >= next_look_) {
    next_look_ = now + kBetweenLooks;
    look();
  }
  return token_;
}

void Token::look() {
  const auto stamp = stamp_of(file_);
  if (stamp == stamp_) return;
  stamp_ = stamp;
  // What is no file, such as a pipe, might keep us waiting.
  auto read = stamp ? token_in(file_)
                    : Result<std::string>(Error{file_.string() + " is not there, or no file"});
  if (read) {
    if (*read != token_) log_->info("token_reread", {{"key", key_}});
    token_ = std::move(*read);
    warned_ = false;
  } else if (!std::exchange(warned_, true)) {
    log_->warning("token_not_reread", {{"key", key_}, {"error", read.error().text}});
  }
}

}  // namespace srs::http
