// Bodies that are sent compressed.
#pragma once

#include <string>
#include <string_view>

namespace srs {

// One member of a gzip file (RFC 1952), as `Content-Encoding: gzip` means it.
std::string gzip(std::string_view bytes);

}  // namespace srs
