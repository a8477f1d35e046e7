// What a test reads of a finished recording: its directory and metadata.json, found by Call-ID.
#pragma once

#include "support/files.hpp"
#include "support/wait.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace srs::test {

struct RecordingOnDisk {
  std::filesystem::path directory;
  nlohmann::json metadata;
};

// All of them below `recordings`; one that is being renamed at this moment may be missing.
inline std::vector<RecordingOnDisk> all_recordings(const std::filesystem::path& recordings) {
  std::vector<RecordingOnDisk> out;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(recordings, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().filename() != "metadata.json") continue;
    auto json = nlohmann::json::parse(read_file(at->path()), nullptr, false);
    if (json.is_object()) out.push_back({at->path().parent_path(), std::move(json)});
  }
  return out;
}

// Waits until the recording of that call is in `state`; nothing where it does not come to that.
inline std::optional<RecordingOnDisk> wait_for_recording(const std::filesystem::path& recordings,
                                                         std::string_view call_id,
                                                         std::string_view state = "complete") {
  std::optional<RecordingOnDisk> out;
  wait_until([&] {
    for (auto& recording : all_recordings(recordings))
      if (recording.metadata.value("call_id", "") == call_id &&
          recording.metadata.value("state", "") == state)
        out = std::move(recording);
    return out.has_value();
  });
  return out;
}

}  // namespace srs::test
