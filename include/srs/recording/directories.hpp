// Where recordings lie.
#pragma once

#include <filesystem>
#include <functional>

namespace srs::recording {

// Calls `look` with each <root>/<date>/<recording-id>, in no particular order, until it answers
// false. What can't be read is left out. Blocks: for a worker thread.
void for_each_directory(const std::filesystem::path& root,
                        const std::function<bool(const std::filesystem::path&)>& look);

}  // namespace srs::recording
