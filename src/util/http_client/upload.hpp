// A request's body that is more than one piece of memory: a file, or a form with files in it.
#pragma once

#include "util/http_client/file_stream.hpp"

#include <srs/util/http_client.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace srs {

// The pieces of a body in their order, read as one. Forms are written here and not by libcurl: its
// own (curl_mime) forgets to go on where a pause falls between two parts.
class Upload {
 public:
  // Files are opened with the executor and the workers given; `body` is a file or a form.
  Upload(const HttpBody& body, const boost::asio::any_io_executor& executor, WorkerPool& workers);

  const std::vector<std::shared_ptr<FileStream>>& files() const { return files_; }
  // Once all files are open.
  std::uint64_t size() const;
  // `multipart/form-data; boundary=...`, or empty.
  const std::string& content_type() const { return content_type_; }

  // libcurl's read and seek callbacks.
  std::size_t read(char* to, std::size_t room);
  bool seek(std::uint64_t position);

 private:
  using Piece = std::variant<std::string, std::shared_ptr<FileStream>>;
  void add(std::string text) { pieces_.emplace_back(std::move(text)); }
  void add(const HttpFile& file, const boost::asio::any_io_executor& executor, WorkerPool& workers);
  void add_form(const std::vector<HttpPart>& form, const boost::asio::any_io_executor& executor,
                WorkerPool& workers);
  std::size_t read_piece(char* to, std::size_t room);

  std::vector<Piece> pieces_;
  std::vector<std::shared_ptr<FileStream>> files_;
  std::string content_type_;
  std::size_t piece_ = 0;   // the one that is read
  std::size_t offset_ = 0;  // into it, where it is a text
};

}  // namespace srs
