// What libcurl's errors mean to those who sent a request.
#pragma once

#include <srs/util/http_client.hpp>

#include <curl/curl.h>

namespace srs {

// `easy` has just ended with `code`; `detail` is libcurl's own text about it, which may be empty.
HttpFailure classify(CURL* easy, CURLcode code, std::string_view detail);

}  // namespace srs
