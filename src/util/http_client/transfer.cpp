#include "util/http_client/transfer.hpp"

#include "util/http_client/failure.hpp"

#include <algorithm>
#include <utility>

namespace srs {
namespace {

std::chrono::microseconds figure(CURL* easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return std::chrono::microseconds(value);
}

HttpTransfer::Clock::time_point deadline(std::chrono::milliseconds timeout) {
  if (timeout.count() <= 0) return HttpTransfer::Clock::time_point::max();
  return HttpTransfer::Clock::now() + timeout;
}

}  // namespace

HttpTransfer::HttpTransfer(const boost::asio::any_io_executor& executor, HttpRequest given)
    : wake(executor, deadline(given.timeout)),
      request_(std::move(given)),
      reader_(request_.max_response_bytes, request_.on_data) {}

bool HttpTransfer::has_upload() const {
  return std::holds_alternative<HttpFile>(request_.body) ||
         std::holds_alternative<std::vector<HttpPart>>(request_.body);
}

CURL* HttpTransfer::prepare(const HttpClient::Options& options, std::shared_ptr<Upload> upload) {
  started_ = Clock::now();
  easy_.reset(curl_easy_init());
  if (!easy_) return nullptr;
  upload_ = std::move(upload);
  CURL* easy = easy_.get();
  headers_ = configure(easy, request_, options, upload_.get());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  return easy;
}

std::size_t HttpTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::string_view line(data, size * count);
  return static_cast<HttpTransfer*>(self)->reader_.header(line) ? line.size() : 0;
}

std::size_t HttpTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  const std::string_view piece(data, size * count);
  // An outcome that was set by somebody in the meantime: nothing more is handed on.
  return !transfer.ended() && transfer.reader_.body(piece) ? piece.size() : 0;
}

void HttpTransfer::finish(CURLcode code) {
  if (ended()) return;
  if (reader_.failure()) return fail(*reader_.failure());
  if (upload_) {
    for (const auto& file : upload_->files()) {
      if (file->failure()) return fail(*file->failure());
    }
  }
  if (code != CURLE_OK) return fail(classify(easy_.get(), code, error_.data()));
  // libcurl is content with headers that break off.
  if (!reader_.has_head()) return fail({HttpFailure::Kind::Reset, "the headers were cut off"});
  auto response = reader_.take();
  response.timings = timings();
  outcome_ = std::move(response);
}

void HttpTransfer::fail(HttpFailure failure) {
  if (!ended()) outcome_ = std::move(failure);
}

void HttpTransfer::release() {
  if (upload_) {
    for (const auto& file : upload_->files()) file->close();
  }
  easy_.reset();
  headers_.reset();
  upload_.reset();
}

HttpTimings HttpTransfer::timings() const {
  CURL* easy = easy_.get();
  return {.queued = std::chrono::duration_cast<std::chrono::microseconds>(started_ - submitted_),
          .name_lookup = figure(easy, CURLINFO_NAMELOOKUP_TIME_T),
          .connect = std::max(figure(easy, CURLINFO_CONNECT_TIME_T),
                              figure(easy, CURLINFO_APPCONNECT_TIME_T)),
          .first_byte = figure(easy, CURLINFO_STARTTRANSFER_TIME_T),
          .total = figure(easy, CURLINFO_TOTAL_TIME_T)};
}

std::string_view HttpTransfer::stage() const {
  if (state == State::Waiting) return "while it waited for other requests";
  if (state == State::Preparing) return "while its files were opened";
  if (!easy_ || figure(easy_.get(), CURLINFO_PRETRANSFER_TIME_T).count() == 0) {
    return "before the connection was ready";
  }
  if (figure(easy_.get(), CURLINFO_STARTTRANSFER_TIME_T).count() == 0) {
    return "before the answer began";
  }
  return "before the answer was whole";
}

}  // namespace srs
