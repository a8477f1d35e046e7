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
std::vector<RecordingOnDisk> all_recordings(const std::filesystem::path& recordings);

// Waits until the recording of that call is in `state`; nothing where it does not come to that.
std::optional<RecordingOnDisk> wait_for_recording(const std::filesystem::path& recordings,
                                                  std::string_view call_id,
                                                  std::string_view state = "complete");

}  // namespace srs::test
