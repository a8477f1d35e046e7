#include "util/http_client/file_stream.hpp"

#include <boost/asio/post.hpp>
#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace srs {
namespace {

using Kind = HttpFailure::Kind;

constexpr std::size_t kBlock = 256 * 1024;

}  // namespace

FileStream::FileStream(boost::asio::any_io_executor executor, WorkerPool& pool, HttpFile file)
    : executor_(std::move(executor)), pool_(&pool), file_(std::move(file)) {}

FileStream::~FileStream() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> FileStream::open() {
  const auto fail = [this](std::string_view why) {
    return Error{"`", file_.path.filename().string(), "` can't be sent: ", why};
  };
  fd_ = ::open(file_.path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd_ < 0 || ::fstat(fd_, &status) != 0) return fail(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return fail("it is no regular file");
  const auto end = static_cast<std::uint64_t>(status.st_size);
  if (file_.offset > end || file_.length.value_or(0) > end - file_.offset) {
    return fail("it is shorter than the range that is wanted");
  }
  size_ = file_.length.value_or(end - file_.offset);
  return {};
}

void FileStream::close() {
  pool_ = nullptr;
  resume_ = nullptr;
}

std::size_t FileStream::read(char* to, std::size_t room) {
  const std::size_t size = std::min(room, buffer_.size() - taken_);
  std::memcpy(to, buffer_.data() + taken_, size);
  taken_ += size;
  if (taken_ == buffer_.size()) request_more();
  if (size > 0) return size;
  if (failure_) return CURL_READFUNC_ABORT;
  if (!loading_) return 0;  // the end
  paused_ = true;
  return CURL_READFUNC_PAUSE;
}

bool FileStream::seek(std::uint64_t position) {
  if (position > size_) return false;
  ++generation_;
  loading_ = false;
  buffer_.clear();
  taken_ = 0;
  loaded_ = position;
  return true;
}

void FileStream::request_more() {
  if (loading_ || pool_ == nullptr || loaded_ == size_ || failure_) return;
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, size_ - loaded_));
  auto job = [self = shared_from_this(), from = file_.offset + loaded_, length,
              generation = generation_] {
    const auto give = [&](Block block) {
      boost::asio::post(self->executor_, [self, block = std::move(block), generation]() mutable {
        self->take(std::move(block), generation);
      });
    };
    try {
      give(load(self->fd_, from, length));
    } catch (...) {
      give({{}, HttpFailure{Kind::Busy, "an error of ours ended the reading of its file"}});
      throw;  // to the pool's report
    }
  };
  loading_ = pool_->submit(std::move(job));
  if (loading_) {
    loaded_ += length;
  } else {
    failure_ = HttpFailure{Kind::Busy, "too many files wait to be read"};
  }
}

FileStream::Block FileStream::load(int fd, std::uint64_t from, std::size_t length) {
  Block block;
  block.bytes.resize(length);
  std::size_t have = 0;
  while (have < length) {
    const auto got =
        ::pread(fd, block.bytes.data() + have, length - have, static_cast<off_t>(from + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      block.failure = HttpFailure{
          Kind::File, got < 0 ? std::strerror(errno) : "the file became shorter while it was sent"};
      break;
    }
    have += static_cast<std::size_t>(got);
  }
  block.bytes.resize(have);
  return block;
}

void FileStream::take(Block block, std::uint64_t generation) {
  if (generation != generation_ || pool_ == nullptr) return;
  loading_ = false;
  failure_ = std::move(block.failure);
  buffer_ = std::move(block.bytes);
  taken_ = 0;
  if (std::exchange(paused_, false) && resume_) resume_();
}

}  // namespace srs
