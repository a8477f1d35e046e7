// One request on its way: waiting, prepared, on the wire, ended.
#pragma once

#include "util/http_client/curl.hpp"
#include "util/http_client/easy.hpp"
#include "util/http_client/response.hpp"

#include <srs/util/http_client.hpp>

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace srs {

class HttpTransfer {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State { Waiting, Preparing, Running, Ended };

  HttpTransfer(const boost::asio::any_io_executor& executor, HttpRequest given);

  const HttpRequest& request() const { return request_; }
  // True where the body is read piece by piece.
  bool has_upload() const;

  // Makes the easy handle; the caller adds it to the multi handle. `upload` may be null.
  CURL* prepare(const HttpClient::Options& options, std::shared_ptr<Upload> upload);
  CURL* easy() const { return easy_.get(); }

  // Sets the outcome from what libcurl says.
  void finish(CURLcode code);
  // Sets it to a failure of our own finding. The first outcome stays.
  void fail(HttpFailure failure);
  // Closes the files and lets go of the handle, which is in no multi handle any more.
  void release();

  bool ended() const { return outcome_.has_value(); }
  const HttpOutcome& outcome() const { return *outcome_; }
  HttpOutcome take() { return std::move(*outcome_); }
  // In words, for the text of a timeout.
  std::string_view stage() const;

  State state = State::Waiting;
  std::string origin;              // `https://host:port`: what shares a limit
  boost::asio::steady_timer wake;  // expires at the deadline; cancelled when the outcome is there
  std::uint64_t subscription = 0;  // to request.cancellation

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  HttpTimings timings() const;

  const HttpRequest request_;
  ResponseReader reader_;
  std::shared_ptr<Upload> upload_;
  curl::List headers_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  curl::Easy easy_;  // after what it points to
  const Clock::time_point submitted_ = Clock::now();
  Clock::time_point started_{};
  std::optional<HttpOutcome> outcome_;
};

}  // namespace srs
