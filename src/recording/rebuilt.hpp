// What a capture alone tells of its recording.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/util/result.hpp>

#include <filesystem>

namespace srs::recording {

// A document for a recording whose metadata.json was lost (a power cut before it reached the disk):
// id and begin by the directory's name, a stream for each of our ports that media came to, in the
// order of the ports, with the payload types that need no SDP (RFC 3551 §6). State `rendering`. An
// error where the name is no id of ours or the capture holds no RTP. Blocks.
Result<Document> rebuilt_from_capture(const std::filesystem::path& directory);

// What the directory's name alone tells: no streams.
Result<Document> rebuilt_from_name(const std::filesystem::path& directory);

}  // namespace srs::recording
