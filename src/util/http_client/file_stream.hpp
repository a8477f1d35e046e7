// A file that libcurl sends, read by a worker ahead of libcurl's asking.
#pragma once

#include <srs/util/http_client.hpp>
#include <srs/util/result.hpp>
#include <srs/util/worker_pool.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace srs {

// Lives on the io_context's thread, except open(). libcurl's callbacks return CURL_READFUNC_PAUSE
// where the worker has not read that far; `resume` is called once it has.
class FileStream : public std::enable_shared_from_this<FileStream> {
 public:
  FileStream(boost::asio::any_io_executor executor, WorkerPool& pool, HttpFile file);
  ~FileStream();

  // Opens the file and finds the length to be sent. Blocks: for a worker.
  Result<void> open();
  std::uint64_t size() const { return size_; }

  void on_progress(std::function<void()> resume) { resume_ = std::move(resume); }
  // No more reading, no more `resume`.
  void close();

  // libcurl's read and seek callbacks.
  std::size_t read(char* to, std::size_t room);
  bool seek(std::uint64_t position);

  // Set where read() returned CURL_READFUNC_ABORT.
  const std::optional<HttpFailure>& failure() const { return failure_; }

 private:
  struct Block {
    std::string bytes;
    std::optional<HttpFailure> failure;
  };
  static Block load(int fd, std::uint64_t from, std::size_t length);
  void request_more();
  void take(Block block, std::uint64_t generation);

  boost::asio::any_io_executor executor_;
  WorkerPool* pool_;  // null once closed
  const HttpFile file_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t loaded_ = 0;      // bytes asked of the worker, from the start of the range
  std::uint64_t generation_ = 0;  // of seeks: what was read before one is thrown away
  bool loading_ = false;
  bool paused_ = false;
  std::string buffer_;
  std::size_t taken_ = 0;  // bytes of buffer_ that libcurl has
  std::optional<HttpFailure> failure_;
  std::function<void()> resume_;
};

}  // namespace srs
