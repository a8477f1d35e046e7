// A request in libcurl's terms.
#pragma once

#include "util/http_client/curl.hpp"
#include "util/http_client/upload.hpp"

#include <srs/util/http_client.hpp>
#include <srs/util/result.hpp>

#include <optional>
#include <string>

namespace srs {

// `https://host:port` of a URL that may be fetched.
boost::system::result<std::string, HttpFailure> origin_of(const std::string& url);

// Refuses methods and headers that would break out of their line.
std::optional<HttpFailure> check_request(const HttpRequest& request);

// Sets everything but the callbacks that receive the answer. All arguments and the list of headers
// that it returns are kept until the request has ended. `upload`: null where the body is none or a
// text; its files are open.
curl::List configure(CURL* easy, const HttpRequest& request, const HttpClient::Options& options,
                     Upload* upload);

}  // namespace srs
