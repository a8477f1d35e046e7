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
  bool rebuilt = false;  // from its capture alone: nobody has told its warnings yet
  unsigned deaths = 0;   // of processes that rendered it
};

struct Orphans {
  std::vector<Orphan> found;
  std::vector<std::string> unreadable;  // directories whose metadata.json can't be used, and why
};

// Looks through <root>/<date>/<recording-id>/metadata.json for recordings in the states `recording`
// and `rendering`, whatever the clock says of them: sessions that run now are among them. Where
// metadata.json is missing or no JSON, the capture tells what it can, unless it was rendered
// before; what is left of metadata.json is put aside. Blocks: for a worker thread.
Orphans find_orphans(const std::filesystem::path& root);

}  // namespace srs::recording
