#include "support/recording_on_disk.hpp"

#include "support/files.hpp"
#include "support/wait.hpp"

namespace srs::test {

std::vector<RecordingOnDisk> all_recordings(const std::filesystem::path& recordings) {
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

std::optional<RecordingOnDisk> wait_for_recording(const std::filesystem::path& recordings,
                                                  std::string_view call_id,
                                                  std::string_view state) {
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
