// An answer as it comes in, within its bounds.
#pragma once

#include <srs/util/http_client.hpp>

#include <optional>
#include <string_view>

namespace srs {

class ResponseReader {
 public:
  ResponseReader(std::size_t max_body,
                 std::function<bool(const HttpResponse&, std::string_view)> on_data);

  // One line of a header, a piece of the body. False: no more is wanted, failure() says why.
  bool header(std::string_view line);
  bool body(std::string_view data);

  // True once the final answer's headers are whole.
  bool has_head() const { return has_head_; }
  const std::optional<HttpFailure>& failure() const { return failure_; }
  HttpResponse take() { return std::move(response_); }

 private:
  bool refuse(HttpFailure::Kind kind, std::string text);
  void begin(std::string_view status_line);

  const std::size_t max_body_;
  std::function<bool(const HttpResponse&, std::string_view)> on_data_;
  HttpResponse response_;
  std::optional<HttpFailure> failure_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  bool has_head_ = false;
};

}  // namespace srs
