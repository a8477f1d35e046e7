// Where recordings lie.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::recording {

// Calls `look` with each <root>/<date>/<recording-id>, in no particular order, until it answers
// false. What can't be read is left out. Blocks: for a worker thread.
void for_each_directory(const std::filesystem::path& root,
                        const std::function<bool(const std::filesystem::path&)>& look);

// A day's recordings lie in `2026-11-22`, and where that took none in `2026-11-22-2` up to `-9`.
inline constexpr unsigned kDayDirectories = 9;
// The name of a day's directory; `number` from 1 on.
std::string day_directory(std::string_view date, unsigned number);

// Where a recording goes whose directory takes no files: <root>/<date>-2/<recording-id> and the
// numbers after it, in the order to try them. A recording never goes back, so of several
// directories with its name the one of the highest number is the recording.
std::vector<std::filesystem::path> later_directories(const std::filesystem::path& directory);
// Where it may have come from, the last one first.
std::vector<std::filesystem::path> earlier_directories(const std::filesystem::path& directory);

// <root>/<date>/<recording-id>, in whichever of that day's directories it lies; empty where it lies
// in none. Blocks.
std::filesystem::path find_recording(const std::filesystem::path& root, std::string_view date,
                                     std::string_view recording_id);

}  // namespace srs::recording
