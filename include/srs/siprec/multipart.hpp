// Bodies of SIP messages: MIME multipart split into its parts (RFC 2046 §5.1, RFC 5621).
#pragma once

#include <srs/util/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace srs::siprec {

struct BodyLimits {
  std::size_t bytes = 1 << 20;
  std::size_t parts = 32;
  std::size_t headers = 32;         // in one part
  std::size_t header_bytes = 4096;  // one part's headers together
  std::size_t depth = 2;            // multipart inside multipart
};

// Content-Type as SRCs write it.
struct ContentType {
  std::string type;      // lower case, `application/sdp`
  std::string boundary;  // multipart's, verbatim
  std::string charset;   // lower case, empty: not said
};
// Never fails: what can't be read leaves fields empty.
ContentType parse_content_type(std::string_view text);

struct Part {
  ContentType content_type;
  std::string disposition;  // lower case, without parameters; empty: not said
  std::string content_id;
  std::string transfer_encoding;  // lower case; empty: the body is as it is
  std::string_view body;          // points into the text given to split_body
};

// The parts of a body: itself where `content_type` is no multipart, its parts in order where it is.
// Tolerant of what SRCs send: any order, no closing boundary, bytes after it, bare LF, a
// preamble. Errors: no boundary parameter, the boundary never occurs, a limit passed.
Result<std::vector<Part>> split_body(std::string_view content_type, std::string_view body,
                                     const BodyLimits& limits = {});

// The boundary of the first delimiter in `body`, where a Content-Type names none or another one;
// empty: it has none. Printable ASCII.
std::string boundary_in(std::string_view body);

// What a recording session's body holds, whatever the order and the company of its parts.
struct RecordingBody {
  std::string sdp;       // empty: none
  std::string metadata;  // rs-metadata as received, but for a transfer encoding; empty: none
  std::string metadata_charset;
  std::vector<std::string> unknown_types;  // of parts that are neither, or empty, or a second one
  std::vector<std::string> encoded;        // what can't be read so: `application/sdp in base64`
};
RecordingBody classify(const std::vector<Part>& parts);

// application/rs-metadata+xml, application/rs-metadata, and with a recording-session disposition
// also application/xml and text/xml (RFC 7866 §9.1, RFC 9806).
bool is_rs_metadata(const ContentType& type, std::string_view disposition);

}  // namespace srs::siprec
