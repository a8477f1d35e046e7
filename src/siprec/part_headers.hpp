// The header block at the start of one MIME part.
#pragma once

#include <srs/siprec/multipart.hpp>
#include <srs/util/result.hpp>

#include <string_view>

namespace srs::siprec {

// Takes the next line from the front of `text`, without its CRLF, LF or the end of the text.
std::string_view take_line(std::string_view& text);

// Reads one part: its headers, then its body (RFC 2046 §5.1). A line that can't be a header ends
// the headers even where the blank line is missing. Errors: a limit passed.
Result<Part> read_part(std::string_view text, const BodyLimits& limits);

}  // namespace srs::siprec
