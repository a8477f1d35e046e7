// Additions to a complete recording.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/util/result.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace srs::recording {

// What speech-to-text made of a recording.
struct Amendment {
  std::vector<FileEntry> files;                     // name and type; size and digest are found here
  std::optional<TranscriptionEntry> transcription;  // nothing: it stays as it is
  std::optional<TranscriptionWait> waits;           // the same; an outcome ends it
  std::vector<TranscriptionUse> live_uses;          // the same
  std::optional<WallTime> delivered_at;             // the same
  std::string outdated;  // warnings that begin so are true no more; empty: none
  std::vector<std::string> warnings;
};

// Writes it into metadata.json of a recording that nobody else writes any more; an error where it
// is neither complete nor failed yet. A file that is named there already is named anew; where there
// is nothing to add the file is left alone. Blocks: for a worker thread, one at a time for a
// directory.
Result<void> amend(const std::filesystem::path& directory, const Amendment& amendment);

}  // namespace srs::recording
