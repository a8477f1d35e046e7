#include "util/http_client/upload.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

namespace srs {
namespace {

std::string random_boundary() {
  constexpr std::string_view kLetters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::random_device random;
  std::uniform_int_distribution<std::size_t> letter(0, kLetters.size() - 1);
  std::string boundary = "----siprec";
  for (int i = 0; i < 32; ++i) boundary += kLetters[letter(random)];
  return boundary;
}

// As browsers write names and file names (HTML, "multipart form data").
std::string browser_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"')
      result += "%22";
    else if (c == '\r')
      result += "%0D";
    else if (c == '\n')
      result += "%0A";
    else
      result += c;
  }
  return result + '"';
}

std::string head_of(const HttpPart& part, const std::string& boundary) {
  std::string head =
      "--" + boundary + "\r\nContent-Disposition: form-data; name=" + browser_quoted(part.name);
  if (!part.filename.empty()) head += "; filename=" + browser_quoted(part.filename);
  const bool file = std::holds_alternative<HttpFile>(part.content);
  const std::string type =
      part.content_type.empty() && file ? "application/octet-stream" : part.content_type;
  if (!type.empty()) head += "\r\nContent-Type: " + type;
  return head + "\r\n\r\n";
}

}  // namespace

Upload::Upload(const HttpBody& body, const boost::asio::any_io_executor& executor,
               WorkerPool& workers) {
  if (const auto* file = std::get_if<HttpFile>(&body)) {
    add(*file, executor, workers);
  } else {
    add_form(std::get<std::vector<HttpPart>>(body), executor, workers);
  }
}

void Upload::add(const HttpFile& file, const boost::asio::any_io_executor& executor,
                 WorkerPool& workers) {
  files_.push_back(std::make_shared<FileStream>(executor, workers, file));
  pieces_.emplace_back(files_.back());
}

void Upload::add_form(const std::vector<HttpPart>& form,
                      const boost::asio::any_io_executor& executor, WorkerPool& workers) {
  const auto boundary = random_boundary();
  content_type_ = "multipart/form-data; boundary=" + boundary;
  for (const auto& part : form) {
    add(head_of(part, boundary));
    if (const auto* text = std::get_if<std::string>(&part.content)) {
      add(*text);
    } else {
      add(std::get<HttpFile>(part.content), executor, workers);
    }
    add("\r\n");
  }
  add("--" + boundary + "--\r\n");
}

std::uint64_t Upload::size() const {
  std::uint64_t sum = 0;
  for (const auto& piece : pieces_) {
    const auto* text = std::get_if<std::string>(&piece);
    sum += text != nullptr ? text->size() : std::get<std::shared_ptr<FileStream>>(piece)->size();
  }
  return sum;
}

std::size_t Upload::read(char* to, std::size_t room) {
  std::size_t done = 0;
  while (done < room && piece_ < pieces_.size()) {
    const auto size = read_piece(to + done, room - done);
    // What was read so far goes first; a pause or an error is met again by the next call.
    if (size == CURL_READFUNC_PAUSE || size == CURL_READFUNC_ABORT) return done > 0 ? done : size;
    done += size;
    if (size == 0) {
      ++piece_;
      offset_ = 0;
    }
  }
  return done;
}

std::size_t Upload::read_piece(char* to, std::size_t room) {
  auto& piece = pieces_[piece_];
  if (const auto* file = std::get_if<std::shared_ptr<FileStream>>(&piece)) {
    return (*file)->read(to, room);
  }
  const auto& text = std::get<std::string>(piece);
  const auto size = std::min(room, text.size() - offset_);
  std::memcpy(to, text.data() + offset_, size);
  offset_ += size;
  return size;
}

bool Upload::seek(std::uint64_t position) {
  if (position != 0) return false;  // libcurl begins anew or not at all
  piece_ = 0;
  offset_ = 0;
  return std::all_of(files_.begin(), files_.end(), [](const auto& file) { return file->seek(0); });
}

}  // namespace srs
