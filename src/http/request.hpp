// Reading a request's target.
#pragma once

#include <srs/http/server.hpp>
#include <srs/util/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::http {

struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

// `/health?detailed=true`, `http://host/health` (RFC 9112 §3.2), percent-decoded. An error where
// an escape is none, a control character hides in one, or there are more than 64 parameters.
Result<Target> parse_target(std::string_view target);

}  // namespace srs::http
