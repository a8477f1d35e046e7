#include "part_headers.hpp"
#include "transfer_encoding.hpp"

#include <srs/siprec/multipart.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace srs::siprec {
namespace {

bool is_multipart(const ContentType& type) {
  return type.type.starts_with("multipart/");
}

enum class Delimiter { None, Next, Closing };

// RFC 2046 §5.1.1: `--boundary`, with `--` behind the last one; white space may follow. A longer
// boundary that begins like ours is not ours.
Delimiter delimiter(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Delimiter::None;
  const auto rest = trim(line.substr(2 + boundary.size()));
  if (rest.empty()) return Delimiter::Next;
  return rest == "--" ? Delimiter::Closing : Delimiter::None;
}

// The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// The texts between the delimiters, at most `most` and one more; nothing where there is no
// delimiter. A missing closing delimiter ends the last text with the body.
std::optional<std::vector<std::string_view>> cut(std::string_view body, std::string_view boundary,
                                                 std::size_t most) {
  std::vector<std::string_view> pieces;
  std::optional<std::size_t> begin;
  auto rest = body;
  while (!rest.empty() && pieces.size() <= most) {
    const std::size_t at = body.size() - rest.size();
    const auto found = delimiter(take_line(rest), boundary);
    if (found == Delimiter::None) continue;
    if (begin) pieces.push_back(without_line_end(body.substr(*begin, at - *begin)));
    begin = body.size() - rest.size();
    if (found == Delimiter::Closing) return pieces;
  }
  if (!begin) return std::nullopt;
  if (pieces.size() <= most) pieces.push_back(body.substr(*begin));
  return pieces;
}

// The parts of one multipart go to the end of `parts`. A method that returns text has met an error.
class Splitter {
 public:
  Splitter(const BodyLimits& limits, std::vector<Part>& parts) : limits_(limits), parts_(parts) {}

  std::string split(const ContentType& type, std::string_view body, std::size_t depth) {
    if (depth > limits_.depth) {
      return "more than " + std::to_string(limits_.depth) + " multiparts inside each other";
    }
    const auto pieces = cut(body, type.boundary, limits_.parts);
    if (!pieces) {
      return "the boundary that Content-Type names does not occur in the multipart body";
    }
    if (pieces->size() > limits_.parts) return too_many();
    for (const auto piece : *pieces) {
      if (auto error = add(piece, depth); !error.empty()) return error;
    }
    return {};
  }

 private:
  std::string add(std::string_view piece, std::size_t depth) {
    if (trim(piece).empty()) return {};  // a last delimiter that should have been the closing one
    auto part = read_part(piece, limits_);
    if (!part) return part.error().text;
    const auto& type = part->content_type;
    if (is_multipart(type) && !type.boundary.empty() && cut(part->body, type.boundary, 0)) {
      return split(type, part->body, depth + 1);
    }
    if (parts_.size() == limits_.parts) return too_many();
    parts_.push_back(std::move(*part));
    return {};
  }
  std::string too_many() const {
    return "the body has more than " + std::to_string(limits_.parts) + " parts";
  }

  const BodyLimits& limits_;
  std::vector<Part>& parts_;
};

// A part without Content-Type, or with none of its own (RFC 2046 §5.1), is recognised by how it
// begins.
bool looks_like_sdp(const Part& part) {
  const auto& type = part.content_type.type;
  return (type.empty() || type == "text/plain") && trim(part.body).starts_with("v=0");
}

bool is_sdp(const Part& part) {
  return part.content_type.type == "application/sdp" || looks_like_sdp(part);
}

}  // namespace

Result<std::vector<Part>> split_body(std::string_view content_type, std::string_view body,
                                     const BodyLimits& limits) {
  if (body.size() > limits.bytes) {
    return Error{"the body has " + std::to_string(body.size()) + " bytes, at most " +
                 std::to_string(limits.bytes) + " are read"};
  }
  const auto type = parse_content_type(content_type);
  std::vector<Part> parts;
  if (!is_multipart(type)) {
    if (!body.empty()) parts.push_back({type, {}, {}, {}, body});
    return parts;
  }
  if (type.boundary.empty())
    return Error{"Content-Type is a multipart without a boundary parameter"};
  if (auto error = Splitter(limits, parts).split(type, body, 1); !error.empty()) {
    return Error{std::move(error)};
  }
  return parts;
}

std::string boundary_in(std::string_view body) {
  constexpr std::size_t kLongest = 200;  // RFC 2046 §5.1.1 has 70
  while (!body.empty()) {
    const auto line = take_line(body);
    const auto boundary = trim(line.starts_with("--") ? line.substr(2) : std::string_view());
    const bool printable =
        std::all_of(boundary.begin(), boundary.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!boundary.empty() && boundary.size() <= kLongest && printable) return std::string(boundary);
  }
  return {};
}

RecordingBody classify(const std::vector<Part>& parts) {
  RecordingBody result;
  for (const auto& part : parts) {
    const auto& type = part.content_type.type;
    const bool metadata = is_rs_metadata(part.content_type, part.disposition);
    if (!metadata && !is_sdp(part)) {
      result.unknown_types.push_back(type.empty() ? "a part without Content-Type" : type);
      continue;
    }
    std::string text(part.body);
    if (!part.transfer_encoding.empty()) {
      if (auto decoded = decode_transfer(part.body, part.transfer_encoding)) {
        text = std::move(*decoded);
      } else {
        result.encoded.push_back(type + " in " + part.transfer_encoding);
      }
    }
    auto& place = metadata ? result.metadata : result.sdp;
    if (metadata && trim(text).empty()) {
      result.unknown_types.push_back(type + " (empty)");
    } else if (!place.empty()) {
      result.unknown_types.push_back(type + " (a second one)");
    } else {
      place = std::move(text);
      if (metadata) result.metadata_charset = part.content_type.charset;
    }
  }
  return result;
}

}  // namespace srs::siprec
