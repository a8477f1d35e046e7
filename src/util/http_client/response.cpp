#include "util/http_client/response.hpp"

#include <srs/util/text.hpp>

#include <utility>

namespace srs {
namespace {

// Of all headers together, trailers and interim answers included.
constexpr std::size_t kMaxHeaderBytes = 256 * 1024;

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (iequals(known, name)) return value;
  }
  return {};
}

ResponseReader::ResponseReader(std::size_t max_body,
                               std::function<bool(const HttpResponse&, std::string_view)> on_data)
    : max_body_(max_body), on_data_(std::move(on_data)) {}

bool ResponseReader::header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    return refuse(HttpFailure::Kind::TooLarge,
                  "the headers exceed " + std::to_string(kMaxHeaderBytes) + " bytes");
  }
  if (line.starts_with("HTTP/")) {
    begin(trim(line));
  } else if (trim(line).empty()) {
    has_head_ = true;
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos && !has_head_) {
    response_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return true;
}

// `HTTP/1.1 200 OK`, `HTTP/2 200`. An interim answer (100) is followed by another status line.
void ResponseReader::begin(std::string_view status_line) {
  const auto words = split(status_line, ' ', 3);
  response_.headers.clear();
  has_head_ = false;
  response_.http_version = words[0].substr(5);
  response_.status = words.size() > 1 ? to_number<int>(words[1]).value_or(0) : 0;
}

bool ResponseReader::body(std::string_view data) {
  if (data.size() > max_body_ - body_bytes_) {
    return refuse(HttpFailure::Kind::TooLarge,
                  "the answer exceeds " + std::to_string(max_body_) + " bytes");
  }
  body_bytes_ += data.size();
  if (!on_data_) {
    response_.body.append(data);
    return true;
  }
  return on_data_(response_, data) ||
         refuse(HttpFailure::Kind::Cancelled, "its caller wanted no more of the answer");
}

bool ResponseReader::refuse(HttpFailure::Kind kind, std::string text) {
  failure_ = HttpFailure{kind, std::move(text)};
  return false;
}

}  // namespace srs
