// A request in libcurl's terms.
#pragma once

#include "util/http_client/curl.hpp"
#include "util/http_client/file_stream.hpp"

#include <srs/util/http_client.hpp>
#include <srs/util/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace srs {

// `https://host:port` of a URL that may be fetched.
boost::system::result<std::string, HttpFailure> origin_of(const std::string& url);

// Refuses methods and headers that would break out of their line.
std::optional<HttpFailure> check_request(const HttpRequest& request);

// What libcurl reads while the request runs; it keeps pointers into this.
struct EasyParts {
  curl::List headers;
  curl::Mime form;
  std::vector<std::shared_ptr<FileStream>> files;  // in the order of the request's files
};

// Sets everything but the callbacks that receive the answer. `request`, `parts` and the result of
// this call are kept until the request has ended; `parts.files` are open.
void configure(CURL* easy, const HttpRequest& request, const HttpClient::Options& options,
               EasyParts& parts);

}  // namespace srs
