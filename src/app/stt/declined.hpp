// Recordings whose transcription was cancelled before there was one to cancel: their call runs, or
// they wait for their render.
#pragma once

#include "app/metadata_editor.hpp"

#include <srs/util/result.hpp>

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>

namespace srs::app {

// Ids of such recordings, from the request until it is told that they are complete. On the
// io_context.
class Declined {
 public:
  void add(const std::string& recording_id) {
    // Of some that is never told: the oldest of a crowd are forgotten.
    if (ids_.size() >= kMost) ids_.erase(ids_.begin());
    ids_.insert(recording_id);
  }
  void remove(const std::string& recording_id) { ids_.erase(recording_id); }
  bool contains(const std::string& recording_id) const { return ids_.contains(recording_id); }

 private:
  static constexpr std::size_t kMost = 10'000;
  std::set<std::string> ids_;
};

// What metadata.json says where somebody cancelled it, and whether it says so.
recording::TranscriptionEntry cancelled_entry();
bool is_cancelled(const recording::Document& document);

// Leaves a mark in the directory of a recording that is not complete yet, for its render, whichever
// process does it; false where the recording is complete or has failed. Blocks.
Result<bool> mark_declined(const std::filesystem::path& directory);
bool is_marked_declined(const std::filesystem::path& directory);

// Ends the work of a mark, once the recording is over: metadata.json says `cancelled`, if nothing
// else, and then the mark goes. Where the recording goes on, or its job is still there, it stays.
void settle_declined(MetadataEditor& editor, const std::filesystem::path& directory);

}  // namespace srs::app
