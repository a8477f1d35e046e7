// Where the recordings of a day go when something else is in the place of its directory.
#pragma once

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace srs::recording {

struct Detour {
  std::string name;  // below the root
  std::string why;   // what is wrong with the day's own directory
};
// By date: `2026-11-22` to `2026-11-22-2`. Days that take the directory of their name are not here.
using Detours = std::map<std::string, Detour>;

// Looks at the directories of the days around `now`: one that is no directory, or one that we may
// not write in, takes no recording, and the next of its names (directories.hpp) does. Where `probe`
// is true each directory has to take a file: that finds what can't be seen. An error, where none of
// a day's names can be used. Blocks: for the archive's thread.
Result<Detours> find_detours(const std::filesystem::path& root, WallTime now, bool probe);

}  // namespace srs::recording
