// Recordings that an earlier process, or a full queue, left unfinished.
#pragma once

#include <srs/recording/document.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace srs::recording {

struct Orphan {
  std::filesystem::path directory;
  Document document;  // end_reason `crashed` where the call was still running
  bool was_recording = false;
};

struct Orphans {
  std::vector<Orphan> found;
  std::vector<std::string> unreadable;  // directories with a capture and no usable metadata.json
};

// Looks through <root>/<date>/<recording-id>/metadata.json for recordings in the states `recording`
// and `rendering`, whatever the clock says of them: sessions that run now are among them. Where
// metadata.json can't be read, the capture tells what it can. Blocks: for a worker thread.
Orphans find_orphans(const std::filesystem::path& root);

}  // namespace srs::recording
