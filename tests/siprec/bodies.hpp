// Bodies of recording sessions' INVITEs, from files of three kinds: our own `.body` and the
// vendors'
// `.txt` (a body alone: its boundary is that of its first delimiter) and captured `.sip` messages.
#pragma once

#include "support/files.hpp"

#include <srs/siprec/metadata.hpp>
#include <srs/siprec/multipart.hpp>
#include <srs/util/text.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace srs::test {

struct Body {
  std::string content_type;
  std::string bytes;
};

inline Body body_of_message(const std::string& message) {
  const auto end = message.find("\r\n\r\n");
  const auto head = message.substr(0, end);
  const auto at = head.find("\r\nContent-Type:");
  const auto value = head.substr(at + 15, head.find("\r\n", at + 2) - at - 15);
  return {std::string(trim(value)), message.substr(end + 4)};
}

inline Body read_body(const std::filesystem::path& path) {
  auto bytes = read_file(path);
  if (path.extension() == ".sip") return body_of_message(bytes);
  const auto begin = bytes.find("--");
  if (begin == std::string::npos || bytes.find("v=0") < begin) return {"application/sdp", bytes};
  const auto line = trim(std::string_view(bytes).substr(begin, bytes.find('\n', begin) - begin));
  return {"multipart/mixed;boundary=" + std::string(line.substr(2)), bytes};
}

// The parts' texts as values that outlive the body.
struct Recording {
  std::string sdp;
  std::string metadata;
  std::string charset;
  std::vector<std::string> unknown_types;
};

inline Recording recording_of(const Body& body) {
  const auto parts = siprec::split_body(body.content_type, body.bytes);
  if (!parts) {
    ADD_FAILURE() << parts.error().text;
    return {};
  }
  const auto found = siprec::classify(*parts);
  return {std::string(found.sdp), std::string(found.metadata), found.metadata_charset,
          found.unknown_types};
}

inline Recording own_recording(std::string_view name) {
  return recording_of(read_body(own_data("siprec/" + std::string(name))));
}

inline siprec::Metadata metadata_of(const Recording& recording) {
  auto metadata = siprec::parse_metadata(recording.metadata, recording.charset);
  if (metadata) return *metadata;
  ADD_FAILURE() << metadata.error().text;
  return {};
}

// The address of who speaks on the m-line with this label; `-`: the document does not say.
inline std::string speaker(const siprec::Metadata& metadata, std::string_view label) {
  const auto* const sender = metadata.sender_of_label(label);
  return sender == nullptr ? "-" : sender->aor;
}

inline std::string extension(const siprec::Metadata& metadata, std::string_view key,
                             std::string_view owner = {}) {
  for (const auto& e : metadata.extensions) {
    if (e.key == key && (owner.empty() || e.owner == owner)) return e.value;
  }
  return "(none)";
}

}  // namespace srs::test
